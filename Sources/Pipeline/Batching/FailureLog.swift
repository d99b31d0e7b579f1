internal import RowMapping

/// Says of failed changes what an operator can read: the first of each origin at once, then sums every ten seconds.
struct FailureLog {
    // As often as a person looks; a table whose every row fails must not fill the journal.
    static let interval = Duration.seconds(10)

    private var waiting: [String: FailedChanges] = [:]
    private var said: [String: ContinuousClock.Instant] = [:]
    /// How many of ``said`` there may be before those are forgotten that no longer hold anything back.
    private var room = Self.leastRoom

    // Tables come and go while the daemon runs for months.
    private static let leastRoom = 256

    /// How many origins are remembered.
    var remembered: Int { said.count }

    /// Takes what has failed, and returns what is to be said now.
    mutating func take(_ failures: [FailedChanges], now: ContinuousClock.Instant) -> [FailedChanges] {
        for var failure in failures {
            failure.count += waiting[failure.origin]?.count ?? 0
            waiting[failure.origin] = failure
        }
        guard !waiting.isEmpty else { return [] }
        let due = waiting.values.filter { said[$0.origin].map { now - $0 >= Self.interval } ?? true }
        for failure in due {
            waiting[failure.origin] = nil
            said[failure.origin] = now
        }
        if said.count > room {
            said = said.filter { now - $0.value < Self.interval }
            room = max(Self.leastRoom, 2 * said.count)
        }
        return due.sorted { $0.origin < $1.origin }
    }
}
