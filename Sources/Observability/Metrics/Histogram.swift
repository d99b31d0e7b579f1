import Synchronization

/// Observations counted by size, in buckets that are fixed when the histogram is made.
public final class Histogram: Sendable {
    /// What a scrape reads: all of it from the same instant, since `_count` must equal the last bucket.
    struct Snapshot: Sendable {
        /// Observations per bucket, not yet cumulative; the last one is `+Inf`'s.
        var counts: [UInt64]
        var sum: Double
    }

    /// The upper bounds, ascending, without `+Inf`.
    let bounds: [Double]
    private let state: Mutex<Snapshot>

    init(bounds: [Double]) {
        precondition(!bounds.isEmpty, "a histogram has at least one bucket")
        precondition(
            zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "a histogram's buckets ascend")
        self.bounds = bounds
        state = Mutex(Snapshot(counts: Array(repeating: 0, count: bounds.count + 1), sum: 0))
    }

    /// Counts one observation.
    public func observe(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[bucket] += 1
            $0.sum += value
        }
    }

    /// Counts one observation of a time.
    public func observe(_ duration: Duration) { observe(duration.inSeconds) }

    var snapshot: Snapshot { state.withLock { $0 } }
}
