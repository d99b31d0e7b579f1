import Glibc

/// Why the HTTP endpoint could not be started.
public enum HTTPEndpointError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The port could not be listened on; `code` is the `errno` of the call that refused.
    case cannotListen(port: UInt16, code: Int32)
    /// libmicrohttpd did not start its thread; it gives no reason but `errno`.
    case cannotServe(port: UInt16, code: Int32)

    public var description: String {
        switch self {
        case .cannotListen(let port, let code):
            "could not listen on port \(port): \(String(cString: strerror(code)))"
        case .cannotServe(let port, let code):
            "could not start the HTTP server on port \(port): \(String(cString: strerror(code)))"
        }
    }
}
