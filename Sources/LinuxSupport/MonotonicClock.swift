internal import CLinux
internal import Glibc

/// CLOCK_MONOTONIC, the clock that systemd compares a service's word with.
enum MonotonicClock {
    static var nanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
