internal import Glibc

/// Tells systemd how the service is doing, where it asked to be told. <https://man7.org/linux/man-pages/man3/sd_notify.3.html>
public struct SystemdNotifier: Sendable {
    private let path: String?

    /// - Parameter path: the value of `NOTIFY_SOCKET`; nil makes every call a no-op.
    public init(path: String?) { self.path = path }

    public func ready(status: String) { send("READY=1\nSTATUS=\(status)") }
    public func status(_ text: String) { send("STATUS=\(text)") }
    public func stopping(status: String) { send("STOPPING=1\nSTATUS=\(status)") }

    private func send(_ message: String) {
        guard let path, !path.isEmpty else { return }
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
