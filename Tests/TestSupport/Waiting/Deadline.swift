import Glibc

/// A moment on the monotonic clock after which waiting is given up.
public struct Deadline: Sendable {
    private let nanoseconds: Int64

    public init(in duration: Duration) {
        let (seconds, attoseconds) = duration.components
        nanoseconds = Self.now + seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    public var isPast: Bool { Self.now >= nanoseconds }

    /// What is left, rounded up, as `poll(2)` and librdkafka take it; 0 once the deadline is past.
    public var millisecondsLeft: Int32 {
        Int32(clamping: max(0, (nanoseconds - Self.now + 999_999) / 1_000_000))
    }

    var timespec: Glibc.timespec {
        .init(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }

    private static var now: Int64 {
        var time = Glibc.timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
