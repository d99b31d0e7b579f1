/// `onDelete`: what a DELETE sends.
public enum DeleteAction: String, CaseIterable, Sendable {
    /// The old row: all columns with `REPLICA IDENTITY FULL`, else the replica identity's.
    case old
    /// A record with the old key and no value, which a compacted topic reads as a deletion.
    case tombstone
    /// The old row, then the tombstone.
    case both
    case skip
}
