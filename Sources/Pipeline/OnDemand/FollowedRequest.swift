/// The request that is being followed, as the batcher keeps it.
struct FollowedRequest {
    let request: SnapshotRequest
    let run: RequestedRun
    /// Asks the catalog, then reads. One at a time.
    var task: Task<Void, Never>
    /// What is read, in order; empty before the catalog has answered.
    var leaves: [SnapshotLeaf] = []
    /// Whether every row is sent. From then on the request is no matter of the run any more.
    var hasSentAll = false
    /// What held for the requested table before.
    var threshold: SnapshotThreshold?
    var display: SnapshotDisplay?
}
