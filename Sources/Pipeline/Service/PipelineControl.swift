public import LinuxSupport
internal import Synchronization

/// The operator's wish to stop, seen by whatever waits.
public final class PipelineControl: Sendable {
    private let stopping = Atomic<Bool>(false)
    private let stopStream: AsyncStream<Void>
    private let stopContinuation: AsyncStream<Void>.Continuation
    /// Wakes the reading thread, whatever it waits for.
    public let wakeup = Wakeup()

    public init() { (stopStream, stopContinuation) = AsyncStream.makeStream() }

    public var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Asks for a clean stop. May be called from any thread, any number of times.
    public func stop() {
        stopping.store(true, ordering: .releasing)
        stopContinuation.finish()
        wakeup.signal()
    }

    /// Suspends for `duration`, or until the stop is asked for.
    func sleep(for duration: Duration) async {
        await withTaskGroup { group in
            group.addTask { try? await Task.sleep(for: duration) }
            group.addTask { [stopStream] in for await _ in stopStream {} }
            await group.next()
            group.cancelAll()
        }
    }
}
