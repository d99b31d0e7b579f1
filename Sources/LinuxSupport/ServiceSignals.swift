internal import CLinux
internal import Glibc

/// Turns the signals that a service is led by into calls, on a thread that does nothing else.
public enum ServiceSignals {
    public enum Signal: Sendable {
        /// SIGTERM or SIGINT: stop.
        case stop(name: String)
        /// SIGHUP: read the configuration again.
        case reload
    }

    /// Blocks them for the whole process; call it before any other thread exists, so that all inherit it. SIGPIPE is
    /// ignored: a peer that goes away is an error of `write`, not the end of the process.
    public static func block() {
        signal(SIGPIPE, SIG_IGN)
        var set = signalSet
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls `received` with each signal from now on, for as long as the process lives. While it runs the next one
    /// waits; several of one kind that wait become one.
    public static func watch(_ received: @escaping @Sendable (Signal) -> Void) {
        DedicatedThread.start(name: "signals") {
            var set = signalSet
            while true {
                var number: Int32 = 0
                guard sigwait(&set, &number) == 0 else { continue }
                switch number {
                case SIGHUP: received(.reload)
                case SIGTERM: received(.stop(name: "SIGTERM"))
                default: received(.stop(name: "SIGINT"))
                }
            }
        }
    }

    private static var signalSet: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGHUP)
        return set
    }
}
