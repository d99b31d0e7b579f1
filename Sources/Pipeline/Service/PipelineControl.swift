public import LinuxSupport
internal import Synchronization

/// The operator's wish to stop, seen by whatever waits.
public final class PipelineControl: Sendable {
    private let stopping = Atomic<Bool>(false)
    /// Wakes the reading thread, whatever it waits for.
    public let wakeup = Wakeup()

    public init() {}

    public var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Asks for a clean stop. May be called from any thread, any number of times.
    public func stop() {
        stopping.store(true, ordering: .releasing)
        wakeup.signal()
    }

    /// Suspends for `duration`, or until the stop is asked for. Not while a session is open, whose reader wants the
    /// wakeup for itself.
    func sleep(for duration: Duration) async {
        let deadline = ContinuousClock.now + duration
        await DedicatedThread.run(name: "backoff") { [self] in
            while !isStopping, ContinuousClock.now < deadline {
                if FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: deadline).wakeup { wakeup.drain() }
            }
        }
    }
}
