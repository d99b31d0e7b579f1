import Postgres
import Synchronization

/// A connection that stays open between questions, for those that come with rows.
///
/// Whoever asks holds the lock until the answer is there, so call it from a thread that may block.
final class KeptConnection: Sendable {
    private let parameters: ConnectionParameters
    private let preparation: String
    private let connection = Mutex<Connection?>(nil)

    /// - Parameter preparation: the statement that each connection begins with.
    init(_ parameters: ConnectionParameters, preparation: String) {
        self.parameters = parameters
        self.preparation = preparation
    }

    /// Asks on the connection that there is. Where that has ended since the last question, as idle ones do when the
    /// server restarts or a firewall forgets them, it is made anew and asked once more.
    func ask<Answer: Sendable>(
        _ question: (Connection) throws(PostgresError) -> Answer
    ) throws(PostgresError) -> Answer {
        try connection.withLock { kept throws(PostgresError) in
            if let existing = kept {
                do throws(PostgresError) {
                    return try question(existing)
                } catch {
                    if existing.isUsable { throw error }
                    kept = nil
                    // The server is there and slow: asking again would make it slower.
                    if error.kind == .timedOut { throw error }
                }
            }
            let made = try Connection(parameters)
            try made.query(preparation, to: "prepare the session")
            let answer = try question(made)
            kept = made
            return answer
        }
    }
}
