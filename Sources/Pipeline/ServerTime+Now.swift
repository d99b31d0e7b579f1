internal import Glibc
public import ReplicationProtocol

extension ServerTime {
    /// This machine's clock.
    public static var now: ServerTime {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return ServerTime(microsecondsSinceUnixEpoch: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)
    }
}
