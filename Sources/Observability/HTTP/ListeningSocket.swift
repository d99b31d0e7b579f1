import Glibc

/// A TCP socket that listens on all interfaces.
///
/// We make it ourselves since libmicrohttpd keeps the reason of a failed bind to itself, and tells an ephemeral port
/// only through a variadic function, which Swift cannot call.
struct ListeningSocket {
    let descriptor: Int32
    /// The port that it got, also when 0 asked for any.
    let port: UInt16

    /// Listens for IPv6 and IPv4 alike, or for IPv4 alone where the kernel has no IPv6.
    init(port: UInt16) throws(HTTPEndpointError) {
        do throws(Refusal) {
            self = try Self.anyFamily(port: port)
        } catch {
            throw .cannotListen(port: port, code: error.code)
        }
    }

    private init(descriptor: Int32, port: UInt16) {
        self.descriptor = descriptor
        self.port = port
    }

    private struct Refusal: Error { let code: Int32 }

    private static func anyFamily(port: UInt16) throws(Refusal) -> ListeningSocket {
        do throws(Refusal) {
            return try dualStack(port: port)
        } catch {
            // The kernel was built or booted without IPv6, or it is switched off on every interface.
            guard [EAFNOSUPPORT, EPROTONOSUPPORT, EADDRNOTAVAIL].contains(error.code) else { throw error }
            return try ipv4(port: port)
        }
    }

    private static func dualStack(port: UInt16) throws(Refusal) -> ListeningSocket {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        address.sin6_addr = in6addr_any
        let bound = try listen(AF_INET6, &address) { descriptor in
            // Whatever net.ipv6.bindv6only says.
            Self.set(IPV6_V6ONLY, of: Int32(IPPROTO_IPV6), to: 0, on: descriptor)
        }
        return ListeningSocket(descriptor: bound, port: UInt16(bigEndian: address.sin6_port))
    }

    private static func ipv4(port: UInt16) throws(Refusal) -> ListeningSocket {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        let bound = try listen(AF_INET, &address) { _ in 0 }
        return ListeningSocket(descriptor: bound, port: UInt16(bigEndian: address.sin_port))
    }

    /// Binds to `address` and puts the address that was really bound in its place.
    private static func listen<Address>(
        _ family: Int32, _ address: inout Address, prepare: (Int32) -> Int32
    ) throws(Refusal) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw Refusal(code: errno) }
        var size = socklen_t(MemoryLayout<Address>.size)
        // Without SO_REUSEADDR a restart would be refused while connections of the former run are in TIME_WAIT.
        let listens =
            set(SO_REUSEADDR, of: SOL_SOCKET, to: 1, on: descriptor) == 0 && prepare(descriptor) == 0
            && withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    bind(descriptor, address, size) == 0 && Glibc.listen(descriptor, SOMAXCONN) == 0
                        && getsockname(descriptor, address, &size) == 0
                }
            }
        guard listens else {
            let code = errno
            close(descriptor)
            throw Refusal(code: code)
        }
        return descriptor
    }

    private static func set(_ option: Int32, of level: Int32, to value: Int32, on descriptor: Int32) -> Int32 {
        var value = value
        return setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
