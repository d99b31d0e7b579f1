import Glibc

/// What the kernel knows about this process; nil where `/proc` cannot be read (`ProcSubset=pid` leaves our own part).
enum ProcessStatistics {
    /// When the process started, in seconds since 1970.
    static var startTime: Double? {
        guard let stat = contents(of: "/proc/self/stat"),
            // The second field is the program's name, which may hold blanks and parentheses itself.
            let nameEnd = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = stat[stat.index(after: nameEnd)...].split(separator: UInt8(ascii: " "))
        // starttime is field 22 in proc(5); the first of ours is field 3.
        guard fields.count > 19, let ticks = Double(String(decoding: fields[19], as: UTF8.self)) else { return nil }
        let bootTime = seconds(CLOCK_REALTIME) - seconds(CLOCK_BOOTTIME)
        return bootTime + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Resident memory in bytes.
    static var residentMemory: UInt64? {
        guard let fields = contents(of: "/proc/self/statm")?.split(separator: UInt8(ascii: " ")), fields.count > 1,
            let pages = UInt64(String(decoding: fields[1], as: UTF8.self))
        else { return nil }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// User and system CPU time of all threads.
    static var cpuSeconds: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

    /// How many file descriptors are open.
    static var openFileDescriptors: UInt64? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var entries: UInt64 = 0
        while readdir(directory) != nil { entries += 1 }
        // ".", ".." and the descriptor that we read the list through.
        return entries >= 3 ? entries - 3 : nil
    }

    /// How many may be open; nil without a limit.
    static var maxFileDescriptors: UInt64? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur != .max else {
            return nil
        }
        return UInt64(limit.rlim_cur)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// One read is enough: each of these files is one line of less than 4 KiB.
    private static func contents(of path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initialized in
            count = read(file, buffer.baseAddress, buffer.count)
            initialized = max(0, count)
        }
        return count > 0 ? bytes : nil
    }
}
