internal import CLinux
internal import Glibc

/// Turns SIGTERM and SIGINT into a call, on a thread that does nothing else.
public enum TerminationSignals {
    /// Blocks both signals for the whole process; call it before any other thread exists, so that all inherit it.
    /// SIGPIPE is ignored: a peer that goes away is an error of `write`, not the end of the process.
    public static func block() {
        signal(SIGPIPE, SIG_IGN)
        var set = signalSet
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls `received` with each signal from now on, for as long as the process lives.
    public static func watch(_ received: @escaping @Sendable (_ name: String) -> Void) {
        DedicatedThread.start(name: "signals") {
            var set = signalSet
            while true {
                var number: Int32 = 0
                guard sigwait(&set, &number) == 0 else { continue }
                received(number == SIGTERM ? "SIGTERM" : "SIGINT")
            }
        }
    }

    private static var signalSet: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        return set
    }
}
