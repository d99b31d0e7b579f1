import Glibc

/// How a server is asked to stop, in the words of `pg_ctl`.
public enum PostgresStopMode: Sendable {
    /// Disconnects everyone, and waits until its walsenders have sent what there is.
    case fast
    /// Ends at once and recovers at the next start.
    case immediate

    var signal: Int32 {
        switch self {
        case .fast: SIGINT
        case .immediate: SIGQUIT
        }
    }
}
