public import LinuxSupport
internal import ReplicationProtocol
internal import Synchronization

/// Where the reader leaves a chunk and the batcher takes it.
///
/// Holds one chunk at a time: while it is full the reader goes on filling its own, so that a lone row is taken at once
/// and a busy stream batches itself. Three chunks exist in all; they go round and nothing is allocated.
public final class Handoff: Sendable {
    private struct State: ~Copyable {
        var pending: WALChunk?
        var spare: WALChunk?
        var readerWaits = false
        var stopRequested = false
        var ticked = false
        var finished = false
        var failure: PipelineError?
        var waiter: CheckedContinuation<Void, Never>?

        func hasNews(onlyChunks: Bool) -> Bool {
            if pending != nil || failure != nil { return true }
            return !onlyChunks && (stopRequested || ticked)
        }
    }

    /// What the batcher is told.
    enum News: ~Copyable {
        case chunk(WALChunk)
        case tick
        case stopRequested
    }

    private let state: Mutex<State>
    /// Wakes the reader when its chunk can be taken after all, or all is done.
    private let wakeup: Wakeup
    private let chunkCapacity: Int

    /// - Parameter chunkCapacity: bytes that a chunk keeps between uses.
    public init(chunkCapacity: Int, waking wakeup: Wakeup) {
        self.chunkCapacity = chunkCapacity
        self.wakeup = wakeup
        state = Mutex(State(pending: nil, spare: WALChunk(capacity: chunkCapacity)))
    }

    // MARK: The reader's side

    /// Leaves `chunk` for the batcher.
    ///
    /// - Returns: an empty chunk, or the same one while the last has not been taken; the reader is then woken when it
    ///   has.
    func offer(_ chunk: consuming WALChunk) -> WALChunk {
        // A noncopyable value cannot be captured and consumed by a closure; it travels through an optional.
        var offered: WALChunk? = consume chunk
        var waiter: CheckedContinuation<Void, Never>?
        state.withLock { state in
            if state.pending != nil {
                state.readerWaits = true
                return
            }
            state.pending = offered.take()
            offered = state.spare.take()
            waiter = state.waiter.take()
        }
        waiter?.resume()
        return offered.take() ?? WALChunk(capacity: chunkCapacity)
    }

    /// Asks the batcher to end at the next transaction boundary.
    public func requestStop() { tell { $0.stopRequested = true } }

    /// Whether the batcher has ended, with everything delivered.
    var isFinished: Bool { state.withLock { $0.finished } }

    // MARK: The batcher's side

    /// Gives an emptied chunk back.
    func giveBack(_ chunk: consuming WALChunk) {
        chunk.removeAll(keepingCapacity: chunkCapacity)
        var used: WALChunk? = consume chunk
        state.withLock { $0.spare = used.take() }
    }

    /// Whether there is nothing to do but wait.
    var isEmpty: Bool { state.withLock { $0.pending == nil } }

    var isStopRequested: Bool { state.withLock { $0.stopRequested } }

    /// Suspends until there is news. A pending chunk goes before a tick, and both before the wish to stop.
    func next() async throws(PipelineError) -> News { try await take(onlyChunks: false) }

    /// Suspends until there is a chunk.
    func nextChunk() async throws(PipelineError) -> WALChunk {
        switch try await take(onlyChunks: true) {
        case .chunk(let chunk): return chunk
        case .tick: preconditionFailure("only a chunk was asked for, not a tick")
        case .stopRequested: preconditionFailure("only a chunk was asked for, not a stop")
        }
    }

    private func take(onlyChunks: Bool) async throws(PipelineError) -> News {
        while true {
            var news: News?
            var failure: PipelineError?
            var readerWaits = false
            state.withLock { state in
                failure = state.failure
                if failure != nil { return }
                if let chunk = state.pending.take() {
                    news = .chunk(chunk)
                    readerWaits = state.readerWaits
                    state.readerWaits = false
                } else if onlyChunks {
                    return
                } else if state.ticked {
                    state.ticked = false
                    news = .tick
                } else if state.stopRequested {
                    news = .stopRequested
                }
            }
            if let failure { throw failure }
            if readerWaits { wakeup.signal() }
            if let news = news.take() { return news }
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.hasNews(onlyChunks: onlyChunks) { return true }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        }
    }

    /// The batcher has ended, with everything delivered.
    func finish() {
        state.withLock { $0.finished = true }
        wakeup.signal()
    }

    // MARK: From anywhere

    /// The batch's time is up.
    func tick() { tell { $0.ticked = true } }

    /// Ends the session with `failure`; the first one stays.
    func fail(_ failure: PipelineError) { tell { $0.failure = $0.failure ?? failure } }

    private func tell(_ change: (inout State) -> Void) {
        var waiter: CheckedContinuation<Void, Never>?
        state.withLock { state in
            change(&state)
            waiter = state.waiter.take()
        }
        waiter?.resume()
    }
}
