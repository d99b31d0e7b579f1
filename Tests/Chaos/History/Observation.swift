/// One record, as the reader got it.
struct Observation: Sendable {
    /// A number for each partition of each topic.
    let partition: Int
    let offset: Int64
    /// Where the transaction's commit stands in the WAL.
    let commitLSN: UInt64
    let xid: UInt32
    /// The change's number in its transaction, from 1.
    let ordinal: Int
    /// The writer's number of the transaction; a tombstone has none.
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
