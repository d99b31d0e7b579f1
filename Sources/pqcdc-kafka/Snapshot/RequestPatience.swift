import Pipeline
import Postgres

/// Whether a request for a snapshot is tried again after an error, or dropped: others wait behind it. Pure.
struct RequestPatience {
    enum Decision: Hashable {
        case retry
        case drop
    }

    /// How long to wait before another attempt.
    static let pause = Duration.seconds(5)
    /// How long attempts may go on that bring nothing. A server that starts anew needs less.
    static let limit = Duration.seconds(600)

    /// Whether rows are being read. Before, what the server refuses it refuses for good.
    let isReading: Bool
    private var failingSince: ContinuousClock.Instant?
    private var progress = 0

    init(isReading: Bool) { self.isReading = isReading }

    /// - Parameter progress: grows with each chunk that was sent.
    mutating func decide(_ error: PostgresError, progress: Int, now: ContinuousClock.Instant) -> Decision {
        if failingSince == nil || progress != self.progress { failingSince = now }
        self.progress = progress
        guard let failingSince, now - failingSince < Self.limit else { return .drop }
        switch error.kind {
        case .connectionLost, .unreachable, .timedOut: return .retry
        case .interrupted, .unexpectedAnswer: return .drop
        case .refused: return isReading && Self.mayPass(error.sqlState ?? "") ? .retry : .drop
        }
    }

    /// Whether the server may say something else to the same statement later: it had no means (53), was stopped or stops
    /// somebody (57, but for a statement that its time-out has ended), lost a race (40, 55P03) or its connections (08).
    /// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
    private static func mayPass(_ sqlState: String) -> Bool {
        if sqlState == "57014" { return false }
        return ["08", "40", "53", "57", "58"].contains(sqlState.prefix(2)) || sqlState == "55P03"
    }
}
