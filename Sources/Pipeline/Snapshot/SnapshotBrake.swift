/// Spreads bytes over time. Pure: the time is an argument.
public struct SnapshotBrake: Sendable {
    private let bytesPerSecond: Int?
    /// When all bytes so far may have been sent.
    private var paidUntil: ContinuousClock.Instant

    public init(_ bytesPerSecond: Int?, now: ContinuousClock.Instant) {
        self.bytesPerSecond = bytesPerSecond
        paidUntil = now
    }

    /// Counts bytes.
    ///
    /// - Returns: until when to wait before more; nil for at once.
    public mutating func take(_ bytes: Int, now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard let bytesPerSecond else { return nil }
        // What was not used before is not made up for.
        let start = max(paidUntil, now)
        paidUntil = start + .seconds(Double(bytes) / Double(max(bytesPerSecond, 1)))
        return paidUntil > now ? paidUntil : nil
    }
}
