internal import LinuxSupport
internal import RowMapping
internal import Synchronization

/// Where the threads that read a snapshot leave their batches, and the batcher takes them.
///
/// Each worker has two batches that go round besides the one that it fills, so memory is bounded, and a batch in hand of
/// one worker never keeps another one waiting.
final class SnapshotExchange: Sendable {
    enum News {
        case batch(SnapshotBatch)
        /// A row goes to a topic that is to be opened; ``answer(topic:_:)`` answers.
        case topic(String)
        case tick
    }

    private struct State {
        var queue: [SnapshotBatch] = []
        var free: [[SnapshotBatch]]
        var topics: [String: Result<Int, TopicRefusal>] = [:]
        var wanted: [String] = []
        var running: Int
        var isEnded = false
        var ticked = false
        var failure: PipelineError?
        var waiter: CheckedContinuation<Void, Never>?
    }

    static let batchesOfWorker = 2

    private let state: Mutex<State>
    /// Ends what libpq waits for.
    let interrupt = Wakeup()
    private let wakeups: [Wakeup]

    init(workers: Int, batchCapacity: Int) {
        wakeups = (0..<workers).map { _ in Wakeup() }
        let free = (0..<workers).map { worker in
            (0..<Self.batchesOfWorker).map { _ in SnapshotBatch(worker: worker, capacity: batchCapacity) }
        }
        state = Mutex(State(free: free, running: workers))
    }

    // MARK: A worker's side

    /// Waits until one of the worker's batches is free; nil when all is over.
    func freeBatch(of worker: Int) -> SnapshotBatch? {
        wait(worker) { state in state.free[worker].popLast() }
    }

    func offer(_ batch: SnapshotBatch) { tell { $0.queue.append(batch) } }

    /// Waits until a topic is open or refused; nil when all is over.
    func number(ofTopic name: String, for worker: Int) -> Result<Int, TopicRefusal>? {
        tell { if $0.topics[name] == nil { $0.wanted.append(name) } }
        return wait(worker) { $0.topics[name] }
    }

    /// Waits until `deadline`.
    func pause(_ worker: Int, until deadline: ContinuousClock.Instant) {
        while ContinuousClock.now < deadline, !isEnded {
            if FileDescriptorPoll.wait(-1, for: [], or: wakeups[worker], until: deadline).wakeup {
                wakeups[worker].drain()
            }
        }
    }

    /// The worker offers nothing more.
    func workerEnded() { tell { $0.running -= 1 } }

    var isEnded: Bool { state.withLock { $0.isEnded } }

    private func wait<Result>(_ worker: Int, _ take: (inout State) -> Result?) -> Result? {
        while true {
            let (result, isEnded) = state.withLock { state in (take(&state), state.isEnded) }
            if isEnded { return nil }
            if let result { return result }
            if FileDescriptorPoll.wait(-1, for: [], or: wakeups[worker], until: nil).wakeup {
                wakeups[worker].drain()
            }
        }
    }

    // MARK: The batcher's side

    /// Suspends until there is news; nil when the workers have ended and everything of theirs was taken, or when the end
    /// was asked for.
    ///
    /// - Parameter workers: whose batches to take; nil takes any.
    func next(of workers: Set<Int>? = nil) async throws(PipelineError) -> News? {
        while true {
            var news: News?
            var failure: PipelineError?
            let isOver = state.withLock { state in
                failure = state.failure
                if state.isEnded { return true }
                news = Self.take(&state, of: workers)
                return news == nil && state.running == 0 && state.queue.isEmpty
            }
            if let failure { throw failure }
            if isOver { return nil }
            if let news { return news }
            await withCheckedContinuation { continuation in
                let hasNews = state.withLock { state in
                    if state.isEnded || Self.hasNews(state, of: workers) { return true }
                    state.waiter = continuation
                    return false
                }
                if hasNews { continuation.resume() }
            }
        }
    }

    private static func hasNews(_ state: State, of workers: Set<Int>?) -> Bool {
        state.ticked || !state.wanted.isEmpty || state.running == 0
            || state.queue.contains { workers?.contains($0.worker) ?? true }
    }

    private static func take(_ state: inout State, of workers: Set<Int>?) -> News? {
        if let topic = state.wanted.popLast() { return .topic(topic) }
        if state.ticked {
            state.ticked = false
            return .tick
        }
        // A worker that has ended in the middle of a chunk has failed, so whoever waits for one finds its batch here.
        guard let index = state.queue.firstIndex(where: { workers?.contains($0.worker) ?? true }) else { return nil }
        return .batch(state.queue.remove(at: index))
    }

    /// Gives an emptied batch back.
    func giveBack(_ batch: SnapshotBatch) {
        state.withLock { $0.free[batch.worker].append(batch) }
        wakeups[batch.worker].signal()
    }

    func answer(topic name: String, _ number: Result<Int, TopicRefusal>) {
        state.withLock { $0.topics[name] = number }
        for wakeup in wakeups { wakeup.signal() }
    }

    // MARK: From anywhere

    /// It is time to look what is due.
    func tick() { tell { $0.ticked = true } }

    /// Ends everything: with a failure, which the batcher is told, or because that was asked for.
    func end(with failure: PipelineError?) {
        tell { state in
            if !state.isEnded { state.failure = failure }
            state.isEnded = true
        }
        interrupt.signal()
        for wakeup in wakeups { wakeup.signal() }
    }

    private func tell(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            return state.waiter.take()
        }
        waiter?.resume()
    }
}
