internal import ReplicationProtocol

/// What the rows of a snapshot mean for the changes of their table, by the LSN of a change's commit.
struct SnapshotThreshold: Hashable, Sendable {
    /// Earlier changes are in the rows, and are not sent.
    var skipBelow = LSN.zero
    /// Up to here some rows were read before a change and others after it, so a row that has moved from one page to another
    /// may not have been read at all: what an UPDATE leaves out is read from the table.
    var completeBelow = LSN.zero

    /// That of tables whose changes the stream brings under one name.
    func joined(with other: SnapshotThreshold) -> SnapshotThreshold {
        SnapshotThreshold(
            skipBelow: min(skipBelow, other.skipBelow), completeBelow: max(completeBelow, other.completeBelow))
    }

    /// Whether there are changes that are sent, and must be complete.
    var hasWindow: Bool { skipBelow < completeBelow }
}
