import CLibmicrohttpd
import Glibc
import Synchronization

/// Serves `/metrics` and its like, on one thread of libmicrohttpd's own (`MHD-single`).
///
/// Routes are called on that thread, one at a time, so they must be quick. A client that is slow, silent or greedy
/// holds up nobody else, until there are as many of them as connections. There is no access control: whoever reaches
/// the port reads the metrics.
public final class HTTPEndpoint: Sendable {
    private enum State {
        /// libmicrohttpd's `struct MHD_Daemon *`, as a number, since a pointer is not Sendable. Only whoever leaves
        /// this state may use it.
        case serving(daemon: UInt)
        case stopped
    }

    /// Enough for several scrapers with a few connections each; a further one waits in the backlog.
    private static let maxConnections = 64
    /// Seconds without a byte after which a connection is closed. Prometheus' own scrape timeout is 10 s.
    private static let idleTimeout = 10
    /// Bytes for headers per connection: a request line and a scraper's headers are below 1 KiB. Bodies of answers
    /// do not count.
    private static let connectionMemory = 16 * 1024

    /// The port it listens on: the one asked for, or, for 0, the one that was free.
    public let port: UInt16

    private let state: Mutex<State>
    /// libmicrohttpd holds an unretained pointer to it while it serves.
    private let handler: RequestHandler

    /// Listens on `port` of all interfaces (0 takes a free one) and answers GET and HEAD of the given paths.
    public init(
        port: UInt16, routes: [String: @Sendable () -> HTTPResponse]
    ) throws(HTTPEndpointError) {
        let socket = try ListeningSocket(port: port)
        handler = RequestHandler(routes: routes)
        self.port = socket.port
        guard let daemon = Self.start(on: socket, handler) else {
            // The socket is left open: libmicrohttpd may have closed it or not, depending on how far it got, and its
            // number may already be another file's.
            throw .cannotServe(port: port, code: errno)
        }
        state = Mutex(.serving(daemon: UInt(bitPattern: daemon)))
    }

    deinit { stop() }

    /// Closes the port and every connection, and waits for the thread. A second call does nothing.
    public func stop() {
        state.withLock { state in
            switch state {
            case .serving(let daemon):
                state = .stopped
                // Joins the thread and closes the listening socket.
                MHD_stop_daemon(OpaquePointer(bitPattern: daemon))
            case .stopped:
                break
            }
        }
    }

    private static func start(on socket: ListeningSocket, _ handler: RequestHandler) -> OpaquePointer? {
        var options = [
            item(.LISTEN_SOCKET, Int(socket.descriptor)),
            item(.CONNECTION_LIMIT, maxConnections),
            item(.CONNECTION_TIMEOUT, idleTimeout),
            item(.CONNECTION_MEMORY_LIMIT, connectionMemory),
            item(.END, 0),
        ]
        // No MHD_USE_ERROR_LOG: it prints a client's mistakes to stderr, between our structured lines.
        let flags = MHD_USE_AUTO.rawValue | MHD_USE_INTERNAL_POLLING_THREAD.rawValue | MHD_USE_ITC.rawValue
        return withSignalsBlocked {
            options.withUnsafeMutableBufferPointer { options in
                // MHD_start_daemon is variadic, which Swift cannot call; the array keeps the va_list to one entry.
                let arguments: [any CVarArg] = [
                    MHD_OPTION.ARRAY.rawValue, options.baseAddress!, MHD_OPTION.END.rawValue,
                ]
                return withVaList(arguments) {
                    MHD_start_daemon_va(
                        flags, socket.port, nil, nil, RequestHandler.callback,
                        Unmanaged.passUnretained(handler).toOpaque(), $0)
                }
            }
        }
    }

    private static func item(_ option: MHD_OPTION, _ value: Int) -> MHD_OptionItem {
        MHD_OptionItem(option: option, value: value, ptr_value: nil)
    }

    /// A thread inherits the mask of the one that starts it: signals must reach the thread that waits for them.
    private static func withSignalsBlocked<Result>(_ body: () -> Result) -> Result {
        var blocked = sigset_t()
        var former = sigset_t()
        sigfillset(&blocked)
        // A fault of the thread's own cannot wait, and blocking it would cost the backtrace.
        for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] {
            sigdelset(&blocked, fault)
        }
        pthread_sigmask(SIG_BLOCK, &blocked, &former)
        defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
        return body()
    }
}
