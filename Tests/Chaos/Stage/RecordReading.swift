import TestSupport

/// Makes out what a record tells.
struct RecordReading: Sendable {
    private enum Content: Sendable {
        case core
        case rows(RowTable)
    }

    private let topics: [String: (partition: Int, content: Content)]

    init(of stage: ChaosStage) {
        var topics: [String: (partition: Int, content: Content)] = [:]
        for topic in [stage.entries, stage.accounts, stage.marks] {
            topics[topic] = (topics.count * Self.partitions, .core)
        }
        for table in stage.rowTables {
            topics[stage.topic(table)] = (topics.count * Self.partitions, .rows(table))
        }
        self.topics = topics
    }

    /// Numbers for each topic's partitions.
    private static let partitions = 4

    var names: [String] { Array(topics.keys) }

    /// nil for a record that nobody should have written.
    func observation(of record: ConsumedRecord) -> Observation? {
        guard let (base, content) = topics[record.topic] else { return nil }
        let partition = base + Int(record.partition)
        switch content {
        case .core:
            guard let (change, transaction) = Self.coreChange(record) else { return nil }
            return Self.streamed(record, partition, change, transaction)
        case .rows(let table):
            guard let (change, transaction) = Self.rowChange(record, table) else { return nil }
            guard record.header("pqcdc.operation") == "SNAPSHOT" else {
                return Self.streamed(record, partition, change, transaction)
            }
            guard let lsn = record.header("pqcdc.lsn").flatMap(Self.lsn), change.kind == .row,
                change.value != Change.leftOut
            else { return nil }
            return Observation(
                origin: .snapshot, partition: partition, offset: record.offset, commitLSN: lsn, xid: 0, ordinal: 0,
                transaction: transaction, change: change)
        }
    }

    private static func streamed(
        _ record: ConsumedRecord, _ partition: Int, _ change: Change, _ transaction: Int64?
    ) -> Observation? {
        guard let lsn = record.header("pqcdc.commitLsn").flatMap(Self.lsn),
            let xid = record.header("pqcdc.xid").flatMap({ UInt32($0) }),
            let ordinal = record.header("pqcdc.txOrdinal").flatMap({ Int($0) })
        else { return nil }
        return Observation(
            partition: partition, offset: record.offset, commitLSN: lsn, xid: xid, ordinal: ordinal,
            transaction: transaction, change: change)
    }

    private static func coreChange(_ record: ConsumedRecord) -> (Change, Int64?)? {
        guard let key = record.keyText.flatMap({ Int64($0) }) else { return nil }
        guard let value = record.value else {
            return (Change(kind: .deletedEntry, key: key, counter: 0, value: 0), nil)
        }
        let row = FlatRow(value)
        guard let transaction = row["tx"] else { return nil }
        if let balance = row["balance"], let version = row["version"] {
            return (.account(key, version: version, balance: balance), transaction)
        }
        if let changes = row["changes"] { return (.mark(key, after: Int(changes)), transaction) }
        guard let counter = row["counter"], let number = row["value"] else { return nil }
        return (Change(kind: .entry, key: key, counter: counter, value: number), transaction)
    }

    private static func rowChange(_ record: ConsumedRecord, _ table: RowTable) -> (Change, Int64?)? {
        guard let id = record.keyText.flatMap({ RowFilling.id(ofKey: $0, table) }) else { return nil }
        guard let value = record.value else { return (.deletedRow(table, id), nil) }
        let row = FlatRow(value)
        guard let transaction = row["tx"], let version = row["version"] else { return nil }
        return (.row(table, id, version: version, large: large(row, record, table)), transaction)
    }

    private static func large(_ row: FlatRow, _ record: ConsumedRecord, _ table: RowTable) -> Int64 {
        guard table == .docs else { return 0 }
        guard let text = row.json("big") else {
            // It is left out and said to be, or it is lost.
            return record.header("pqcdc.unchangedToast") == #"["big"]"# ? Change.leftOut : Change.damaged
        }
        return text == "null" ? 0 : RowFilling.version(ofLarge: text.dropFirst().dropLast())
    }

    private static func lsn(_ text: String) -> UInt64? {
        let halves = text.split(separator: "/").compactMap { UInt64($0, radix: 16) }
        return halves.count == 2 ? halves[0] << 32 | halves[1] : nil
    }
}
