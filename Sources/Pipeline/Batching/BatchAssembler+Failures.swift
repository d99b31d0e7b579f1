internal import Observability
internal import ReplicationProtocol
internal import RowMapping

extension BatchAssembler {
    /// What happens to a record that the client refuses.
    func action(for record: RecordBatch.Record, _ refusal: SinkRefusal) -> FailureAction {
        let (onError, onOversize) =
            if record.table < 0 {
                (messages.rule(numbered: record.table).onError, messages.rule(numbered: record.table).onOversize)
            } else if let rule = tables[Int(record.table)].plan?.rule {
                (rule.onError, rule.onOversize)
            } else {
                (FailureAction.stop, FailureAction.stop)
            }
        switch refusal.kind {
        case .tooLarge: return onOversize
        case .noSuchPartition, .withoutKey, .untimely: return onError
        }
    }

    /// A record that the client refuses, by its place.
    func refused(_ record: RecordBatch.Record, _ refusal: SinkRefusal) -> RefusedRecord {
        let isMessage = record.table < 0
        let origin =
            if isMessage {
                messages.rule(numbered: record.table).prefix
            } else {
                "\(tables[Int(record.table)].name)"
            }
        return RefusedRecord(origin: origin, isMessage: isMessage, lsn: record.lsn, refusal: refusal)
    }

    /// Counts a record that the client refused.
    mutating func count(failed action: FailureAction, _ record: RecordBatch.Record, reason: String) {
        if record.table < 0 {
            messages.count(failed: action, reason: reason, at: record.lsn)
        } else {
            touch(Int(record.table))
            tables[Int(record.table)].count(failed: action, reason: reason, at: record.lsn)
        }
    }

    /// Counts the rows that a snapshot has read of a table, and those among them that could not become records.
    mutating func note(_ failures: FailedChanges?, of table: Int, rows: UInt64) {
        tables[table].counters.snapshots.increment(by: rows)
        guard var failures else { return }
        touch(table)
        failures.count += tables[table].failures?.count ?? 0
        tables[table].failures = failures
    }

    /// Makes the dead letter of a record of the batch.
    func writeLetter(
        of record: RecordBatch.Record, reason: String, isWhole: Bool, to letters: inout RecordBatch
    ) {
        letter.append(
            record, of: batch, table: record.table < 0 ? nil : tables[Int(record.table)].plan?.table, reason: reason,
            isWhole: isWhole, to: &letters)
    }

    /// Takes what has failed so far.
    mutating func takeFailures() -> [FailedChanges] {
        var failures: [FailedChanges] = []
        for index in touched {
            if let failure = tables[index].takeFailures() { failures.append(failure) }
        }
        if let failure = messages.failures.take() { failures.append(failure) }
        return failures
    }
}
