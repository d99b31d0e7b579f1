import Glibc

/// A thread of this process, as the kernel shows it in `/proc/self/task`.
struct ThreadStatus {
    let id: String
    private(set) var name = ""
    private var blockedSignals: UInt64 = 0

    /// Every thread that there is now.
    static var all: [ThreadStatus] {
        guard let directory = opendir("/proc/self/task") else { return [] }
        defer { closedir(directory) }
        var threads: [ThreadStatus] = []
        while let entry = readdir(directory) {
            let id = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            // Not "." and "..", nor a thread that ended meanwhile.
            if let thread = ThreadStatus(id: id) { threads.append(thread) }
        }
        return threads
    }

    /// Whether it has `signal` blocked.
    func blocks(_ signal: Int32) -> Bool {
        blockedSignals & 1 << UInt64(signal - 1) != 0
    }

    private init?(id: String) {
        self.id = id
        guard let status = Self.text(of: "/proc/self/task/\(id)/status") else { return nil }
        for line in status.split(separator: "\n") {
            let fields = line.split(separator: "\t")
            guard fields.count == 2 else { continue }
            if fields[0] == "Name:" { name = String(fields[1]) }
            if fields[0] == "SigBlk:" { blockedSignals = UInt64(fields[1], radix: 16) ?? 0 }
        }
    }

    private static func text(of path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = read(file, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
