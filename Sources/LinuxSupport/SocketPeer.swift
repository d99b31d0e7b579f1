internal import CLinux
internal import Glibc

/// How far away a connected socket's peer is, as far as reading it is concerned.
public enum SocketPeer: Sendable {
    /// A Unix socket: the kernel holds about 280 small messages for it and joins none of them.
    case unixSocket
    /// TCP within this host: what is sent arrives at once.
    case sameHost
    /// TCP over a network.
    case network

    public init(of socket: Int32) {
        var peer = sockaddr_storage()
        var own = sockaddr_storage()
        guard Self.address(&peer, { getpeername(socket, $0, $1) }), Self.address(&own, { getsockname(socket, $0, $1) })
        else {
            self = .network
            return
        }
        switch Int32(peer.ss_family) {
        case AF_UNIX: self = .unixSocket
        case AF_INET: self = Self.inet(peer).sin_addr.s_addr == Self.inet(own).sin_addr.s_addr ? .sameHost : .network
        case AF_INET6: self = Self.inet6(peer) == Self.inet6(own) ? .sameHost : .network
        default: self = .network
        }
    }

    /// Sets the kernel's receive buffer, in bytes of its own accounting; it then no longer grows by itself.
    /// <https://man7.org/linux/man-pages/man7/socket.7.html>
    public static func setReceiveBuffer(of socket: Int32, bytes: Int) {
        var size = Int32(clamping: bytes)
        // Only a wish: the kernel bounds it, and reading is right with any size.
        setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func address(
        _ storage: inout sockaddr_storage,
        _ read: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Bool {
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { read($0, &length) == 0 }
        }
    }

    private static func inet(_ storage: sockaddr_storage) -> sockaddr_in {
        withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in.self) }
    }

    private static func inet6(_ storage: sockaddr_storage) -> [UInt8] {
        withUnsafeBytes(of: storage) { bytes in
            withUnsafeBytes(of: bytes.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
        }
    }
}
