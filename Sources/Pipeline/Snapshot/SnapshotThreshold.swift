internal import ReplicationProtocol

/// What the rows of a snapshot mean for the changes of their table, by the LSN of a change's commit.
struct SnapshotThreshold: Hashable, Sendable {
    /// Earlier changes are in the rows, and are not sent.
    let skipBelow: LSN
    /// Up to here some rows were read before a change and others after it, so a row that has moved from one page to another
    /// may not have been read at all: what an UPDATE leaves out is read from the table.
    let completeBelow: LSN
    /// Up to here, which is never before ``completeBelow``, that holds for an UPDATE that changes its row's identity. Where
    /// the row of an earlier one was not found by its key, this may be what has moved it, and the last chance for its values.
    private(set) var keyChangesBelow: LSN

    init(skipBelow: LSN = .zero, completeBelow: LSN = .zero, keyChangesBelow: LSN = .zero) {
        self.skipBelow = skipBelow
        self.completeBelow = completeBelow
        self.keyChangesBelow = max(completeBelow, keyChangesBelow)
    }

    /// That of tables whose changes the stream brings under one name.
    func joined(with other: SnapshotThreshold) -> SnapshotThreshold {
        SnapshotThreshold(
            skipBelow: min(skipBelow, other.skipBelow), completeBelow: max(completeBelow, other.completeBelow),
            keyChangesBelow: max(keyChangesBelow, other.keyChangesBelow))
    }

    mutating func completeKeyChanges(below lsn: LSN) { keyChangesBelow = max(keyChangesBelow, lsn) }

    /// Whether there are changes that are sent, and must be complete.
    var hasWindow: Bool { skipBelow < keyChangesBelow }
}
