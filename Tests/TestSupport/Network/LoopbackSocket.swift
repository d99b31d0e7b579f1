import Glibc

/// TCP sockets on 127.0.0.1, as bare descriptors that the caller closes.
enum LoopbackSocket {
    /// A socket bound to the port, or to one that the kernel picks when it is 0.
    static func bound(to port: UInt16) throws -> Int32 {
        let descriptor = try open()
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        let result = withAddress(of: port) { bind(descriptor, $0, $1) }
        guard result == 0 else { throw failure("bind", port, closing: descriptor) }
        return descriptor
    }

    /// A socket connected to the port.
    static func connected(to port: UInt16) throws -> Int32 {
        let descriptor = try open()
        let result = withAddress(of: port) { connect(descriptor, $0, $1) }
        guard result == 0 else { throw failure("connect to", port, closing: descriptor) }
        return descriptor
    }

    /// Makes closing send a reset: the peer sees a broken connection, not an orderly end.
    static func resetOnClose(_ descriptor: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    private static func open() throws -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, type, 0)
        guard descriptor >= 0 else {
            throw HarnessError("could not open a socket: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    private static func failure(_ verb: String, _ port: UInt16, closing descriptor: Int32) -> HarnessError {
        let reason = String(cString: strerror(errno))
        close(descriptor)
        return HarnessError("could not \(verb) 127.0.0.1:\(port): \(reason)")
    }

    private static func withAddress(
        of port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
        }
    }
}
