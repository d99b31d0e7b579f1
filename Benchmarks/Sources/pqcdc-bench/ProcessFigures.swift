import Glibc

/// What the kernel says of a process, ours or not.
struct ProcessFigures {
    let pid: pid_t

    /// CPU seconds that all its threads have used, ended ones included, exact to the scheduler's own clock; nil when the
    /// process is gone.
    var cpuSeconds: Double? {
        var clock = clockid_t()
        guard clock_getcpuclockid(pid, &clock) == 0 else { return nil }
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The most memory that was ever resident, in MB: code and shared libraries included.
    var peakMegabytes: Double? { status("VmHWM") }

    /// Memory resident now, in MB.
    var residentMegabytes: Double? { status("VmRSS") }

    /// Memory resident now that no file stands behind, in MB: heap and stacks.
    var anonymousMegabytes: Double? { status("RssAnon") }

    private func status(_ name: String) -> Double? {
        guard let file = fopen("/proc/\(pid)/status", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            guard text.hasPrefix("\(name):") else { continue }
            let kilobytes = text.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }
            // The kernel counts in 1024, people in 1000.
            return kilobytes.map { $0 * 1024 / 1e6 }
        }
        return nil
    }

    /// CPU seconds of all children of ours that have ended and been waited for.
    static var endedChildren: Double {
        var usage = rusage()
        getrusage(RUSAGE_CHILDREN.rawValue, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
