internal import Synchronization

/// What one loop of ours says of itself, so that a hung one is noticed.
///
/// A loop that waits for somebody else (a server, an operator, a timer of its own) is at rest, and nothing is expected of
/// it, however long that takes: a database that is down is no reason to restart us. Between two waits it must turn. One
/// thread at a time speaks; any thread may ask.
public final class WatchedLoop: Sendable {
    /// As in the thread's name.
    public let name: String
    /// When the next turn is due, in nanoseconds of the monotonic clock; 0 for a loop at rest.
    private let due = Atomic<Int64>(0)

    public init(named name: String) { self.name = name }

    /// Says that the loop has turned, and will do so again when `wait` has passed at the latest.
    public func turned(nextWithin wait: Duration = .zero) {
        due.store(MonotonicClock.nanoseconds + max(.zero, wait).nanoseconds, ordering: .relaxed)
    }

    /// Says that the loop waits for something that may take as long as it likes, or has ended.
    public func rests() { due.store(0, ordering: .relaxed) }

    /// By how much the next turn is late at `now`, in nanoseconds; not positive where it is not.
    func lateness(at now: Int64) -> Int64 {
        let due = due.load(ordering: .relaxed)
        return due == 0 ? 0 : now - due
    }
}

extension Duration {
    /// Saturating: what is longer than 292 years is as good as for ever.
    var nanoseconds: Int64 {
        // Half of what the type holds, so that a time of the clock can be added. Before it is taken apart, which traps where
        // the seconds need more than 64 bits.
        guard self < .seconds(Int64.max / 2_000_000_000) else { return .max / 2 }
        guard self > .seconds(Int64.min / 2_000_000_000) else { return .min / 2 }
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
