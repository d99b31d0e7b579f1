import Logging
import Postgres
import Synchronization

/// Says what PostgreSQL warns of, beside the statements' own results: to the log, or to standard error where a command has
/// none.
///
/// Anyone who may create a function that we come by can have it warn in a loop, so each kind is said once a minute.
final class ServerNoticeLog: Sendable {
    /// The process's one: connections are made in many places, and a notice belongs to none of them.
    static let shared = ServerNoticeLog()

    private struct State {
        var logger: Logger?
        /// When a kind may be said again, and how many were left out since it was.
        var kinds: [String: (next: ContinuousClock.Instant, omitted: Int)] = [:]
    }

    private let state = Mutex(State())
    private static let pause = Duration.seconds(60)
    /// A server that makes up codes is told from others by the first of them only.
    private static let maxKinds = 32

    /// Has notices logged from now on.
    func use(_ logger: Logger) { state.withLock { $0.logger = logger } }

    /// Says it, unless one of its kind was said a short time ago.
    func take(_ notice: ServerNotice) {
        let kind = notice.sqlState ?? ""
        let (logger, omitted) = state.withLock { state -> (Logger?, Int?) in
            let key = state.kinds[kind] != nil || state.kinds.count < Self.maxKinds ? kind : "others"
            let known = state.kinds[key]
            if let known, ContinuousClock.now < known.next {
                state.kinds[key]?.omitted += 1
                return (state.logger, nil)
            }
            state.kinds[key] = (.now + Self.pause, 0)
            return (state.logger, known?.omitted ?? 0)
        }
        guard let omitted else { return }
        guard let logger else {
            if notice.isWarning { StandardStream.error.line("note: PostgreSQL warns: \(notice.text)") }
            return
        }
        var metadata: Logger.Metadata = ["sqlstate": "\(kind)"]
        if omitted > 0 { metadata["omitted"] = "\(omitted)" }
        logger.log(
            level: notice.isWarning ? .warning : .debug, "PostgreSQL says: \(notice.text)", metadata: metadata)
    }
}
