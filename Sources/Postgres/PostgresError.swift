/// What a server or libpq refused: what could not be done, to what, and the reason given. No advice.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The server could not be reached, or refused the connection before it said who it is.
        case unreachable
        /// An established connection ended.
        case connectionLost
        /// The server answered with an error; see ``PostgresError/sqlState``.
        case refused
        case timedOut
        /// Someone signalled the wakeup that this call was watching.
        case interrupted
        /// An answer of another form than asked for.
        case unexpectedAnswer
    }

    public var kind: Kind
    /// What was being done, to which object: `start replication on slot "orders"`.
    public var action: String
    /// The server's or libpq's own words as far as they can quote no value, on one line.
    public var reason: String
    /// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
    public var sqlState: String?
    /// Where in the WAL it was, when the server failed at decoding.
    public var decoding: DecodingContext?

    public init(_ kind: Kind, action: String, reason: String, sqlState: String? = nil) {
        self.kind = kind
        self.action = action
        self.reason = reason
        self.sqlState = sqlState
    }

    /// - Parameter message: an error that the server answered with.
    init(_ message: ServerMessage, _ scope: ServerMessage.Scope, action: String) {
        self.init(.refused, action: action, reason: message.text(scope), sqlState: message.sqlState)
        decoding = message.decoding
    }

    public var description: String { "could not \(action): \(reason)" }

    /// Whether the server says that it ends the session, or has no room for one, or cannot go on itself: another session
    /// may do better, and what was asked is not to blame.
    ///
    /// Classes 08 (connection), 53 (resources), 57P (shutdown, crash, termination), 58 (the system), XX (internal).
    public var isOfSession: Bool {
        guard let sqlState else { return kind != .interrupted && kind != .unexpectedAnswer }
        return ["08", "53", "57P", "58", "XX"].contains { sqlState.hasPrefix($0) }
    }
}
