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
    /// How long its transactions may be open.
    let limit: Duration
    /// When therefore no worker begins another chunk; nil for never.
    private let deadline: ContinuousClock.Instant?

    private struct State {
        var chunks: SnapshotChunks
        var imports: Int
        /// Leaves that were rewritten since the snapshot was taken.
        var rewritten: Set<Int> = []
        var brake: SnapshotBrake
        /// Whether it was said that the transactions are open for longer than they should.
        var isSaidToBeLong = false
    }

    private let state: Mutex<State>
    private let begun = ContinuousClock.now

    init(
        leaves: [SnapshotLeaf], plans: [RowPlan], missing: [[Range<UInt32>]], export: any SnapshotExport,
        plan: SnapshotPlan
    ) {
        self.leaves = leaves
        self.plans = plans
        self.export = export
        let now = ContinuousClock.now
        // Half of what the server allows: the chunks at hand are to be read to their ends.
        let allowed = export.transactionTimeout.map { $0 / 2 }
        limit = min(plan.maxTransactionDuration, allowed ?? plan.maxTransactionDuration)
        // Without a stream, another snapshot could not make up for what changes between the two.
        deadline = plan.mode == .only ? nil : now + limit
        state = Mutex(
            State(
                chunks: SnapshotChunks(leaves, missing: missing, rows: plan.chunkSize, bytes: plan.chunkBytes),
                imports: plan.parallelism,
                brake: SnapshotBrake(plan.maxRate, now: now)))
    }

    /// How many chunks it has.
    var chunkCount: Int { state.withLock { $0.chunks.total } }

    /// The next chunk to read; nil when there is none, or the time is up.
    func next(now: ContinuousClock.Instant) -> SnapshotChunks.Chunk? {
        if let deadline, now >= deadline { return nil }
        return state.withLock { $0.chunks.next() }
    }

    /// Whether its transactions are open for longer than `limit`. True once.
    func isNewlyLongerThan(_ limit: Duration) -> Bool {
        guard ContinuousClock.now >= begun + limit else { return false }
        return state.withLock { state in
            defer { state.isSaidToBeLong = true }
            return !state.isSaidToBeLong
        }
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
