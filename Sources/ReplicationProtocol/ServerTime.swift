/// A point in time as the replication protocol carries it: microseconds since 2000-01-01 00:00:00 UTC.
public struct ServerTime: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int64

    @inlinable
    public init(rawValue: Int64) { self.rawValue = rawValue }

    // 1970-01-01 to 2000-01-01 is 10,957 days.
    private static let unixEpochOffset: Int64 = 10_957 * 86_400 * 1_000_000

    public init(microsecondsSinceUnixEpoch microseconds: Int64) {
        rawValue = microseconds &- Self.unixEpochOffset
    }

    public var microsecondsSinceUnixEpoch: Int64 { rawValue &+ Self.unixEpochOffset }
}
