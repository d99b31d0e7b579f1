import Glibc

/// Whether a file descriptor leads to journald.
enum JournalStream {
    /// systemd sets `JOURNAL_STREAM` to the device and inode of the stream that it connected, so that a stderr that
    /// was redirected since is told from it: https://www.freedesktop.org/software/systemd/man/systemd.exec.html
    static func isConnected(to descriptor: Int32, variable: String?) -> Bool {
        guard let fields = variable?.split(separator: ":", omittingEmptySubsequences: false), fields.count == 2,
            let device = UInt64(fields[0]), let inode = UInt64(fields[1])
        else { return false }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        return UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
    }

    /// Whether stderr, as it was inherited, leads to journald.
    static var isStandardError: Bool {
        isConnected(to: STDERR_FILENO, variable: getenv("JOURNAL_STREAM").map { String(cString: $0) })
    }
}
