/// Calls the handoff's `tick` when a batch's time is up. One task for the whole session sleeps for all its batches.
final class BatchTicker: Sendable {
    private let deadlines: AsyncStream<ContinuousClock.Instant>
    private let continuation: AsyncStream<ContinuousClock.Instant>.Continuation

    init() {
        // Only the newest batch can still be open.
        (deadlines, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func start(until deadline: ContinuousClock.Instant) { continuation.yield(deadline) }

    /// Runs until its task is cancelled.
    func run(_ tick: @Sendable () -> Void) async {
        for await deadline in deadlines {
            try? await Task.sleep(until: deadline, clock: .continuous)
            tick()
        }
    }
}
