public import Synchronization

/// A number that only grows, and starts at 0 with the process.
public final class Counter: Sendable {
    @usableFromInline let count = Atomic<UInt64>(0)

    init() {}

    /// The count so far.
    public var value: UInt64 { count.load(ordering: .relaxed) }

    /// Adds `amount`. Relaxed: a scrape needs each counter right, not two of them from the same instant.
    @inlinable
    public func increment(by amount: UInt64 = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }
}
