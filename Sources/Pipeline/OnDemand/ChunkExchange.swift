internal import LinuxSupport
internal import Synchronization

/// Where the thread that reads for a request leaves a chunk before it writes the high watermark, and learns what became
/// of it. One chunk at a time: memory is bounded by it, and the source is read no faster than Kafka takes it.
public final class ChunkExchange: Sendable {
    /// What became of a chunk.
    public enum Answer: Hashable, Sendable {
        /// Its rows are sent, as so many bytes of records; go on behind it.
        case sent(bytes: Int)
        /// Read them again.
        case readAgain
        /// The run is over for this session.
        case stop
    }

    private struct State: ~Copyable {
        var chunk: RequestedChunk?
        var answer: Answer?
        /// The marks of the chunk at hand that are written, or are about to be, and have not come by in the stream.
        var marks: [Watermark] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let answered = Wakeup()

    public init() {}

    // MARK: The reading thread

    /// Announces a mark. It must be written behind this.
    ///
    /// A mark counts when it comes by for the first time, and only if it was announced: a message that somebody else wrote,
    /// or a copy of one of ours, moves no window.
    public func expect(_ mark: Watermark) {
        state.withLock { state in
            // Of a chunk that was given up in the middle.
            state.marks.removeAll { $0.chunk != mark.chunk }
            state.marks.append(mark)
        }
    }

    /// Leaves a chunk. The high mark must be written behind this.
    public func offer(_ chunk: consuming RequestedChunk) {
        var chunk = Optional(chunk)
        state.withLock { state in
            state.answer = nil
            state.chunk = chunk.take()
        }
    }

    /// Takes a chunk back whose high mark may not have been written.
    ///
    /// - Returns: false where there is none, or the batcher has taken it and will answer.
    public func takeBack() -> Bool {
        state.withLock { state in state.chunk.take() != nil }
    }

    /// Waits for the batcher's answer.
    ///
    /// - Returns: nil when it has not come by `deadline`.
    public func answer(until deadline: ContinuousClock.Instant) -> Answer? {
        while true {
            let answer: Answer? = state.withLock { state in
                if state.isStopped { return .stop }
                defer { state.answer = nil }
                return state.answer
            }
            if let answer { return answer }
            guard ContinuousClock.now < deadline else { return nil }
            if FileDescriptorPoll.wait(-1, for: [], or: answered, until: deadline).wakeup { answered.drain() }
        }
    }

    public var isStopped: Bool { state.withLock { $0.isStopped } }

    // MARK: The batcher

    /// Whether the mark is one that was announced, and comes by for the first time.
    public func expects(_ mark: Watermark) -> Bool {
        state.withLock { state in
            guard let index = state.marks.firstIndex(of: mark) else { return false }
            state.marks.remove(at: index)
            return true
        }
    }

    /// Takes the chunk whose high mark has come; nil where it is another's.
    public func take(run: UInt64, number: UInt64) -> RequestedChunk? {
        state.withLock { state in
            guard state.chunk?.run == run, state.chunk?.number == number else { return nil }
            return state.chunk.take()
        }
    }

    public func answer(_ answer: Answer) {
        state.withLock { $0.answer = answer }
        answered.signal()
    }

    /// Ends the run, from any thread; the chunk that lies here is dropped.
    public func stop() {
        state.withLock { state in
            state.isStopped = true
            state.chunk = nil
        }
        answered.signal()
    }
}
