import Glibc

/// A moment to the millisecond, printed as RFC 3339 in UTC.
struct LogTime: Hashable, Sendable {
    /// Since 1970.
    let seconds: Int
    let milliseconds: Int

    init(seconds: Int, milliseconds: Int) {
        self.seconds = seconds
        self.milliseconds = milliseconds
    }

    static var now: LogTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    /// `2026-11-23T10:00:00.123Z`
    var text: String {
        var seconds = seconds
        var fields = tm()
        gmtime_r(&seconds, &fields)
        let date = "\(fields.tm_year + 1900)-\(Self.padded(fields.tm_mon + 1))-\(Self.padded(fields.tm_mday))"
        let time = "\(Self.padded(fields.tm_hour)):\(Self.padded(fields.tm_min)):\(Self.padded(fields.tm_sec))"
        let fraction = "\(milliseconds + 1000)".dropFirst()
        return "\(date)T\(time).\(fraction)Z"
    }

    private static func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
