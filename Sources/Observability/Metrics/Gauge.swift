import Synchronization

/// A number that goes up and down. Set once a batch at most, so a lock is cheap enough to hold either kind of number.
public final class Gauge: Sendable {
    private let current = Mutex(MetricValue.integer(0))

    init() {}

    /// The number as it was last set.
    public var value: MetricValue { current.withLock { $0 } }

    /// Sets an integer, which is printed exactly up to 2^64 − 1.
    public func set(_ value: UInt64) { set(.integer(value)) }

    /// Sets a fraction.
    public func set(_ value: Double) { set(.real(value)) }

    private func set(_ value: MetricValue) {
        current.withLock { $0 = value }
    }
}
