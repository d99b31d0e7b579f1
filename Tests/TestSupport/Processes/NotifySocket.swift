import Glibc

/// systemd's end of the notify protocol: collects what a daemon says about its state.
///
/// A thread takes every datagram off the socket, since a daemon would block on a full one.
/// https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
public final class NotifySocket: Sendable {
    /// What NOTIFY_SOCKET is set to.
    public let path: String
    private let descriptor: Int32
    private let received = Monitor<[String]>([])

    public init(in folder: String) throws {
        path = "\(folder)/notify"
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = path.utf8CString
        guard name.count <= MemoryLayout.size(ofValue: address.sun_path) else {
            throw HarnessError("too long for the path of a socket: \(path)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { field in
            name.withUnsafeBytes { field.copyMemory(from: $0) }
        }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            throw HarnessError("could not bind \(path): \(String(cString: strerror(errno)))")
        }
        let received = received
        startThread { Self.collect(from: descriptor, into: received) }
    }

    deinit {
        // Wakes the collecting thread, which closes the descriptor.
        shutdown(descriptor, Int32(SHUT_RD))
    }

    /// Every assignment received so far, such as `READY=1`, oldest first.
    public var assignments: [String] { received.withLock { $0 } }

    /// Waits for an assignment; false when it has not come in time.
    public func waitFor(_ assignment: String, within limit: Duration) -> Bool {
        received.wait(until: Deadline(in: limit)) { $0.contains(assignment) ? true : nil } ?? false
    }

    /// Waits until what has been received satisfies the condition; false when that has not come in time.
    public func wait(within limit: Duration, until condition: ([String]) -> Bool) -> Bool {
        received.wait(until: Deadline(in: limit)) { condition($0) ? true : nil } ?? false
    }

    private static func collect(from descriptor: Int32, into received: Monitor<[String]>) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            let lines = buffer[..<count].split(separator: UInt8(ascii: "\n")).map {
                String(decoding: $0, as: UTF8.self)
            }
            received.withLock { $0 += lines }
        }
        close(descriptor)
    }
}
