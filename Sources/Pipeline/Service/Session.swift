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
    /// Where rows of a snapshot are handed over, while one is taken.
    private let snapshot = Mutex<SnapshotExchange?>(nil)

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

    /// The time that was asked for has come.
    func tick() {
        handoff.tick()
        snapshot.withLock { $0 }?.tick()
    }

    /// Ends the session; the first failure stays, and reader and batcher both end with it.
    public func fail(_ failure: PipelineError) {
        checkpoint.fail(failure)
        handoff.fail(failure)
        snapshot.withLock { $0 }?.end(with: failure)
    }

    /// Asks the batcher to end as soon as it can do so cleanly.
    public func requestStop() {
        handoff.requestStop()
        snapshot.withLock { $0 }?.end(with: nil)
    }

    /// Has an exchange end with the session, or when a stop is asked for.
    func attach(_ exchange: SnapshotExchange?) {
        snapshot.withLock { $0 = exchange }
        if let failure = checkpoint.failure { exchange?.end(with: failure) }
        if handoff.isStopRequested { exchange?.end(with: nil) }
    }
}
