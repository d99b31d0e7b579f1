internal import Glibc

/// Tells systemd how the service is doing, where it asked to be told. <https://man7.org/linux/man-pages/man3/sd_notify.3.html>
public struct SystemdNotifier: Sendable {
    private let path: String?
    /// How long systemd waits for ``watchdog()`` before it ends the process; nil where it does not watch.
    /// <https://man7.org/linux/man-pages/man3/sd_watchdog_enabled.3.html>
    public let watchdogTimeout: Duration?

    /// - Parameter environment: of it `NOTIFY_SOCKET`, without which every call is a no-op, `WATCHDOG_USEC` and
    ///   `WATCHDOG_PID`.
    public init(environment: [String: String]) {
        path = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        // Meant for another process, such as the one that started us, when it names one.
        let isForUs = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdogTimeout = isForUs && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    /// Whether anybody listens.
    public var isListenedTo: Bool { path != nil }

    public func ready(status: String) { send("READY=1\nSTATUS=\(status)") }
    public func status(_ text: String) { send("STATUS=\(text)") }
    /// The service takes over a changed configuration; ``ready(status:)`` ends that.
    public func reloading(status: String) {
        send("RELOADING=1\nMONOTONIC_USEC=\(MonotonicClock.nanoseconds / 1000)\nSTATUS=\(status)")
    }
    /// The service stops, and is to be given `limit` for it, whatever the unit's `TimeoutStopSec` says.
    public func stopping(within limit: Duration, status: String) {
        send("STOPPING=1\nEXTEND_TIMEOUT_USEC=\(limit.nanoseconds / 1000)\nSTATUS=\(status)")
    }
    /// The service is alive.
    public func watchdog() { send("WATCHDOG=1") }

    private func send(_ message: String) {
        guard let path else { return }
        let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return }
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        // A leading @ stands for the zero byte of an abstract socket.
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        // Best effort, as sd_notify's own manual advises: a service must run without a manager too.
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                message.withCString { sendto(socket, $0, strlen($0), Int32(MSG_NOSIGNAL), address, length) }
            }
        }
    }
}
