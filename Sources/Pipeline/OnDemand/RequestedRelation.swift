internal import ReplicationProtocol

/// The table that a request is being followed for, as the assembler watches its changes.
struct RequestedRelation {
    let relation: Relation
    let slot: String
    /// Whose watermarks count.
    let run: UInt64
    var window: SnapshotWindow
}
