internal import Observability
internal import ReplicationProtocol
internal import RowMapping

/// What the assembler knows of one table: its plan, and the changes counted since they were last published.
///
/// Counted here, without atomics, and published once a batch.
struct TableState {
    /// nil where no rule names the table, and its changes are skipped.
    let plan: RowPlan?
    /// The plan for changes that a ``SnapshotThreshold`` wants complete; nil where there are none.
    var completing: RowPlan?
    /// Whether it is being read for a request, so that its changes are noted.
    var isRequested = false
    /// What a snapshot means for its changes.
    var threshold = SnapshotThreshold()
    let relation: Relation
    let counters: TableCounters
    var inserts: UInt64 = 0
    var updates: UInt64 = 0
    var deletes: UInt64 = 0
    var truncates: UInt64 = 0
    /// Whether it is among ``BatchAssembler/touched``.
    var isTouched = false
    /// What could not become records since it was last taken.
    var failures: FailedChanges?

    init(plan: RowPlan?, relation: Relation, counters: TableCounters) {
        self.plan = plan
        self.relation = relation
        self.counters = counters
    }

    /// Counts a row's change; `kind` is pgoutput's letter.
    @inline(__always)
    mutating func count(_ kind: UInt8) {
        switch kind {
        case UInt8(ascii: "I"): inserts &+= 1
        case UInt8(ascii: "U"): updates &+= 1
        default: deletes &+= 1
        }
    }

    /// The plan for a change of a transaction.
    @inline(__always)
    func plan(for message: WALMessage, of finalLSN: LSN) -> RowPlan? {
        guard finalLSN < threshold.keyChangesBelow else { return plan }
        return mustBeComplete(message, finalLSN) ? completing ?? plan : plan
    }

    private func mustBeComplete(_ message: WALMessage, _ finalLSN: LSN) -> Bool {
        if finalLSN < threshold.completeBelow { return true }
        if case .update(_, let old) = message { return plan?.kind(of: old) == .key }
        return false
    }

    var name: TableName { TableName(schema: relation.schema, name: relation.name) }

    mutating func count(failed action: FailureAction, reason: String, at lsn: LSN) {
        failures = FailedChanges(
            origin: "\(name)", action: action,
            count: (failures?.count ?? 0) + 1, reason: reason, lsn: lsn)
    }

    mutating func publish() {
        let total = inserts &+ updates &+ deletes &+ truncates
        guard total > 0 else { return }
        if inserts > 0 { counters.inserts.increment(by: inserts) }
        if updates > 0 { counters.updates.increment(by: updates) }
        if deletes > 0 { counters.deletes.increment(by: deletes) }
        if truncates > 0 { counters.truncates.increment(by: truncates) }
        if plan == nil { counters.skipped.increment(by: total) }
        inserts = 0
        updates = 0
        deletes = 0
        truncates = 0
    }

    mutating func takeFailures() -> FailedChanges? {
        guard let failures else { return nil }
        switch failures.action {
        case .deadLetter: counters.deadLettered.increment(by: failures.count)
        case .skip, .stop: counters.failed.increment(by: failures.count)
        }
        self.failures = nil
        return failures
    }
}
