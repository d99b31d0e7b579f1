/// Remembers when the server's WAL had come how far, and so tells how long an LSN has been waiting to be confirmed.
///
/// A value without a clock of its own: every call says what time it is.
public struct LagHistory: Sendable {
    private struct Sample {
        let end: UInt64
        let at: ContinuousClock.Instant
    }

    // Kept for as long as they are not confirmed; a longer outage makes them coarser, and the oldest one stays.
    private static let limit = 512
    private static let resolution = Duration.seconds(1)

    private var samples: [Sample] = []
    private var confirmed: UInt64 = 0
    /// When the confirmed LSN moved last, or other work was done; nil until it is known.
    private var movedAt: ContinuousClock.Instant?

    public init() {}

    /// Notes the end of the server's WAL.
    public mutating func note(end: UInt64, now: ContinuousClock.Instant) {
        guard end > confirmed else { return }
        if let last = samples.last {
            guard end > last.end, last.at.duration(to: now) >= Self.resolution else { return }
        }
        samples.append(Sample(end: end, at: now))
        guard samples.count > Self.limit else { return }
        samples = samples.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
    }

    /// Notes what PostgreSQL may forget.
    public mutating func note(confirmed lsn: UInt64, now: ContinuousClock.Instant) {
        guard movedAt == nil || lsn > confirmed else { return }
        confirmed = max(confirmed, lsn)
        movedAt = now
        samples.removeAll { $0.end <= confirmed }
    }

    /// Notes that work is done which confirms nothing: rows of a snapshot arrive while the stream waits.
    public mutating func noteProgress(now: ContinuousClock.Instant) {
        if movedAt != nil { movedAt = now }
    }

    /// For how long, at least, something has been waiting for its confirmation; zero when nothing is, and nil until
    /// the confirmed LSN is known.
    public func waiting(now: ContinuousClock.Instant) -> Duration? {
        guard movedAt != nil else { return nil }
        return samples.first.map { $0.at.duration(to: now) } ?? .zero
    }

    /// For how long nothing at all has been confirmed, or done otherwise, although the server was ahead.
    public func stalled(now: ContinuousClock.Instant) -> Duration {
        guard let movedAt, let waiting = waiting(now: now) else { return .zero }
        return min(waiting, movedAt.duration(to: now))
    }
}
