/// One record, as the reader got it.
struct Observation: Sendable {
    enum Origin: Sendable {
        /// A change of the stream.
        case stream
        /// A row that a snapshot has read.
        case snapshot
    }

    var origin = Origin.stream
    /// A number for each partition of each topic.
    let partition: Int
    let offset: Int64
    /// Where the transaction's commit stands in the WAL. Of a snapshot's row: as of where it was read.
    let commitLSN: UInt64
    let xid: UInt32
    /// The change's number in its transaction, from 1; 0 for a snapshot's row.
    let ordinal: Int
    /// The writer's number of the transaction; a tombstone has none. Of a snapshot's row: who wrote it, 0 before the run.
    let transaction: Int64?
    let change: Change

    /// The place that no two changes share.
    var place: Place { Place(commitLSN: commitLSN, ordinal: ordinal) }

    struct Place: Hashable, Comparable, Sendable {
        let commitLSN: UInt64
        let ordinal: Int

        static func < (a: Place, b: Place) -> Bool { (a.commitLSN, a.ordinal) < (b.commitLSN, b.ordinal) }
    }
}

extension Observation: CustomStringConvertible {
    var description: String {
        let place = "partition \(partition), offset \(offset)"
        guard origin == .stream else {
            return "\(place): row \(change.rowText), as of \(String(commitLSN, radix: 16))"
        }
        return "\(place): xid \(xid), commit \(String(commitLSN, radix: 16)), change \(ordinal)"
    }
}

extension Change {
    fileprivate var rowText: String {
        guard let (table, id) = RowTable.split(key) else { return "\(key)" }
        return "\(id) of \(table.name), version \(counter), large value \(value)"
    }
}
