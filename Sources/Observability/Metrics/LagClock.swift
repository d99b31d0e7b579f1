import Synchronization

/// The lag as `/metrics` and `/readyz` see it: a ``LagHistory`` that the reader and the monitor both write to.
public final class LagClock: Sendable {
    private let history = Mutex(LagHistory())

    /// Notes the end of the server's WAL, from whichever source.
    public func note(end: UInt64) {
        let now = ContinuousClock.now
        history.withLock { $0.note(end: end, now: now) }
    }

    /// Notes what PostgreSQL may forget.
    public func note(confirmed: UInt64) {
        let now = ContinuousClock.now
        history.withLock { $0.note(confirmed: confirmed, now: now) }
    }

    /// See ``LagHistory/noteProgress(now:)``.
    public func noteProgress() { history.withLock { $0.noteProgress(now: .now) } }

    /// See ``LagHistory/waiting(now:)``.
    public var waiting: Duration? { history.withLock { $0.waiting(now: .now) } }

    /// See ``LagHistory/stalled(now:)``.
    public var stalled: Duration { history.withLock { $0.stalled(now: .now) } }
}
