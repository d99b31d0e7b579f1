internal import CLibpq

/// A notice or a warning of a server, which belongs to no statement's result.
///
/// Functions write them too (`RAISE NOTICE`), so of its text there is only what ``ServerMessage`` may repeat. libpq would
/// print all of them to standard error.
public struct ServerNotice: Sendable {
    public var isWarning: Bool
    /// nil where it has none, or what it has is no code.
    public var sqlState: String?
    /// On one line, without values.
    public var text: String
}

/// Takes a connection's notices from libpq.
/// <https://www.postgresql.org/docs/current/libpq-notice-processing.html>
final class NoticeReceiver {
    private let report: (@Sendable (ServerNotice) -> Void)?
    /// The codes of what has come; of a server that makes up codes only the first.
    private var states: Set<String> = []
    private static let maxStates = 64

    /// - Parameter report: nil forgets them.
    init(_ report: (@Sendable (ServerNotice) -> Void)?) { self.report = report }

    /// Has `connection` call this object, which must live for as long as the connection, on the thread that uses it.
    func attach(to connection: OpaquePointer) {
        PQsetNoticeReceiver(
            connection,
            { argument, result in
                guard let argument, let result else { return }
                Unmanaged<NoticeReceiver>.fromOpaque(argument).takeUnretainedValue().take(result)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Whether a notice with this code has come since ``forget()``.
    func contains(_ state: String) -> Bool { states.contains(state) }

    func forget() { states = [] }

    private func take(_ result: OpaquePointer) {
        let message = ServerMessage(result)
        if let state = message.sqlState, SQLState.isWellFormed(state), states.count < Self.maxStates {
            states.insert(state)
        }
        guard let report else { return }
        // `PG_DIAG_SEVERITY_NONLOCALIZED`
        let severity = PQresultErrorField(result, 0x56).map { String(cString: $0) }
        report(
            ServerNotice(
                isWarning: severity == "WARNING",
                sqlState: message.sqlState.flatMap { SQLState.isWellFormed($0) ? $0 : nil }, text: message.text(.rows)))
    }
}
