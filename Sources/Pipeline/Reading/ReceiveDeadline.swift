/// When a silent server counts as lost.
///
/// An idle walsender that hears from us says nothing: it asks only at half of `wal_sender_timeout`, and by then we have
/// spoken. So we ask it, at half of the same time, and it answers at once if it is there; what tells a quiet server from
/// one behind a network that has gone dead.
///
/// Pure: the reader tells it of what came, and asks it before every wait.
public struct ReceiveDeadline: Sendable {
    public enum Verdict: Hashable, Sendable {
        case alive
        /// Ask the server for an answer, now; it counts as asked.
        case ask
        /// It was asked and has not answered.
        case lost
    }

    /// A busy server may be slow to answer; giving up sooner would only make it busier.
    static let shortest = Duration.seconds(2)

    /// How long the server may say nothing in all; nil where it never drops a silent client, and the kernel's keepalive
    /// has to do (`keepalives`, `tcp_user_timeout`).
    public let limit: Duration?
    private var quietSince: ContinuousClock.Instant
    private var isAsked = false

    /// - Parameter senderTimeout: the server's `wal_sender_timeout`; nil or zero when it never drops a silent client.
    public init(senderTimeout: Duration?, now: ContinuousClock.Instant) {
        limit = senderTimeout.flatMap { $0 > .zero ? max($0, Self.shortest) : nil }
        quietSince = now
    }

    /// Something came, or nothing could: while there is no room for it, nothing is read.
    public mutating func heard(now: ContinuousClock.Instant) {
        quietSince = now
        isAsked = false
    }

    /// When to call ``check(now:)`` next; nil where that is never needed.
    public var next: ContinuousClock.Instant? { limit.map { quietSince + $0 / 2 } }

    /// Says what to do about the silence. The second half is counted from the question: a process that was itself
    /// stopped meanwhile asks before it judges.
    public mutating func check(now: ContinuousClock.Instant) -> Verdict {
        guard let next, now >= next else { return .alive }
        if isAsked { return .lost }
        isAsked = true
        quietSince = now
        return .ask
    }
}
