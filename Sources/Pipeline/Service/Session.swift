public import LinuxSupport
public import ReplicationProtocol
internal import Synchronization

/// One stretch of streaming, from taking the slot to giving it up: what its reader, its batcher and its delivery
/// reports share. Never used for a second one, so that no old report can touch a new ledger.
public final class Session: Sendable {
    public let checkpoint: Checkpoint
    public let handoff: Handoff
    private let receivedRaw = Atomic<UInt64>(0)
    /// Whether the batcher wants to hear of deliveries, since it keeps the position.
    private let tellsBatcher: Bool

    /// - Parameter tellsBatcher: whether deliveries are told to the batcher too.
    public init(confirmed: LSN, chunkCapacity: Int, tellsBatcher: Bool = false, waking wakeup: Wakeup) {
        self.tellsBatcher = tellsBatcher
        checkpoint = Checkpoint(confirmed: confirmed, waking: wakeup)
        handoff = Handoff(chunkCapacity: chunkCapacity, waking: wakeup)
    }

    /// The end of the WAL that has been received; the reader says so for each chunk.
    var received: LSN {
        get { LSN(rawValue: receivedRaw.load(ordering: .relaxed)) }
        set { receivedRaw.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Whether it has failed, and nothing of it matters any more.
    public var isOver: Bool { checkpoint.failure != nil }

    /// Takes delivery reports of `records` records of a batch.
    ///
    /// - Returns: with the last of them, when the first of the batch's transactions was committed.
    @discardableResult
    public func acknowledge(_ batch: UInt32, records: Int) -> ServerTime? {
        let commitTime = checkpoint.acknowledge(batch, records: records)
        if tellsBatcher { handoff.tick() }
        return commitTime
    }

    /// Ends the session; the first failure stays, and reader and batcher both end with it.
    public func fail(_ failure: PipelineError) {
        checkpoint.fail(failure)
        handoff.fail(failure)
    }
}
