import Synchronization

/// Adds up how long something took, the stretch that still lasts included: a wait of hours shows while it lasts.
public final class Stopwatch: Sendable {
    private struct State {
        var total = Duration.zero
        var since: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    public init() {}

    /// Begins a stretch; one that lasts already goes on.
    public func start(now: ContinuousClock.Instant = .now) {
        state.withLock { $0.since = $0.since ?? now }
    }

    /// Ends the stretch, if there is one.
    public func stop(now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            if let since = state.since { state.total += since.duration(to: now) }
            state.since = nil
        }
    }

    /// All stretches so far.
    public func elapsed(now: ContinuousClock.Instant = .now) -> Duration {
        state.withLock { $0.total + ($0.since?.duration(to: now) ?? .zero) }
    }

    var seconds: Double { elapsed().inSeconds }
}

extension Duration {
    /// As Prometheus wants it.
    public var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
