public import ReplicationProtocol

/// When to tell the server how far we are.
///
/// Pure: the reader asks it before and after every wait.
public struct FeedbackSchedule: Sendable {
    /// A status update at least this often, whether or not there is news.
    public let interval: Duration
    /// News are held back this long after an update: each one costs the walsender a look at the slot.
    public let pause: Duration

    private var lastSent: ContinuousClock.Instant
    private var reported: LSN
    private var replyIsDue = false

    /// - Parameter senderTimeout: the server's `wal_sender_timeout`; nil or zero when it never drops a silent client.
    public init(senderTimeout: Duration?, now: ContinuousClock.Instant, confirmed: LSN) {
        // 1/4 of wal_sender_timeout: the server asks at 1/2 and drops us at 1/1.
        let quarter = senderTimeout.flatMap { $0 > .zero ? $0 / 4 : nil }
        interval = min(quarter ?? .seconds(10), .seconds(10))
        pause = min(.milliseconds(100), interval)
        lastSent = now
        reported = confirmed
    }

    /// The server has asked for an update.
    public mutating func replyWasRequested() { replyIsDue = true }

    /// When an update is due next, given what could be confirmed now.
    public func deadline(confirmed: LSN) -> ContinuousClock.Instant {
        if replyIsDue { return lastSent }
        return confirmed > reported ? lastSent + pause : lastSent + interval
    }

    /// Whether to send an update now; if so it counts as sent.
    public mutating func isDue(now: ContinuousClock.Instant, confirmed: LSN) -> Bool {
        guard now >= deadline(confirmed: confirmed) else { return false }
        lastSent = now
        reported = confirmed
        replyIsDue = false
        return true
    }
}
