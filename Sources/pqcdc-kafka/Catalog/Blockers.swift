import Postgres

/// Whom a session waits for, asked on a connection of its own, since the one that waits takes no questions.
enum Blockers {
    /// Empty where nobody is in the way, or the server does not answer: to wait is no error, so none comes of asking.
    static func ofSession(
        _ pid: Int, waiting: Duration, _ parameters: ConnectionParameters
    ) -> [OpenTransaction] {
        let found = try? OpenTransaction.blocking(
            pid, waiting: waiting, on: Connection(parameters, timeout: .seconds(3)))
        return found ?? []
    }
}
