internal import LinuxSupport
internal import ReplicationProtocol
internal import RowMapping
internal import Synchronization

/// What one exported snapshot is used for: the workers' common plan. Another follows where a transaction would be open
/// for too long, or tables were rewritten meanwhile.
final class SnapshotStretch: Sendable {
    let leaves: [SnapshotLeaf]
    /// The plan for each leaf's rows.
    let plans: [RowPlan]
    let export: any SnapshotExport
    /// When no worker begins another chunk; nil for never.
    let deadline: ContinuousClock.Instant?

    private struct State {
        var chunks: SnapshotChunks
        var imports: Int
        /// Leaves that were rewritten since the snapshot was taken.
        var rewritten: Set<Int> = []
        var brake: SnapshotBrake
    }

    private let state: Mutex<State>

    init(
        leaves: [SnapshotLeaf], plans: [RowPlan], missing: [[Range<UInt32>]], export: any SnapshotExport,
        plan: SnapshotPlan
    ) {
        self.leaves = leaves
        self.plans = plans
        self.export = export
        let now = ContinuousClock.now
        // Without a stream, another snapshot could not make up for what changes between the two.
        deadline = plan.mode == .only ? nil : now + plan.maxTransactionDuration
        state = Mutex(
            State(
                chunks: SnapshotChunks(leaves, missing: missing, rows: plan.chunkSize), imports: plan.parallelism,
                brake: SnapshotBrake(plan.maxRate, now: now)))
    }

    /// How many chunks it has.
    var chunkCount: Int { state.withLock { $0.chunks.total } }

    /// The next chunk to read; nil when there is none, or the time is up.
    func next(now: ContinuousClock.Instant) -> SnapshotChunks.Chunk? {
        if let deadline, now >= deadline { return nil }
        return state.withLock { $0.chunks.next() }
    }

    /// A worker has imported the snapshot; the last one lets it go.
    func imported() {
        let isLast = state.withLock { state in
            state.imports -= 1
            return state.imports == 0
        }
        if isLast { export.close() }
    }

    /// A leaf's pages are not what they were: it is read from the beginning, with another snapshot.
    func wasRewritten(_ leaf: Int) {
        state.withLock { state in
            state.chunks.giveUp(leaf)
            state.rewritten.insert(leaf)
        }
    }

    func isRewritten(_ leaf: Int) -> Bool { state.withLock { $0.rewritten.contains(leaf) } }

    var rewritten: Set<Int> { state.withLock { $0.rewritten } }

    /// Counts bytes against the rate.
    func brake(_ bytes: Int) -> ContinuousClock.Instant? {
        state.withLock { $0.brake.take(bytes, now: .now) }
    }
}
