import Configuration
import Postgres

/// Takes the steps of a ``SetupPlan`` one after another, and takes them back when one fails.
struct SetupRunner {
    private let connection: Connection
    /// Hears of each statement before it runs, with secrets masked.
    private let report: (String) -> Void

    /// - Parameter connection: of a role with the privileges; it must not be streaming.
    init(on connection: Connection, report: @escaping (String) -> Void) {
        self.connection = connection
        self.report = report
    }

    /// So that ALTER TABLE gives way to the application, and so that a slot is never made for a client that has
    /// given up or died: the server ends the statement before we stop waiting for it.
    static let session = [
        "SET lock_timeout = '5s'",
        "SET statement_timeout = '60s'",
        "SET client_connection_check_interval = '2s'",
    ]

    /// More than `statement_timeout`: who waits less may leave a slot behind.
    private static let patience = Duration.seconds(90)

    func run(_ steps: [SetupStep]) throws(SetupFailure) {
        guard !steps.isEmpty else { return }
        for sql in Self.session {
            report(sql + ";")
            do throws(PostgresError) {
                try connection.query(sql, to: "prepare the session")
            } catch {
                throw SetupFailure(cause: error)
            }
        }
        for (index, step) in steps.enumerated() {
            report("\(step.statement)")
            do throws(PostgresError) {
                try connection.query(step.statement.sql, to: step.action, timeout: Self.patience)
            } catch {
                throw undo(steps[...index], because: error)
            }
        }
        try? resetSession()
    }

    /// The connection may be the daemon's, for which our limits are not meant.
    private func resetSession() throws(PostgresError) {
        for name in ["lock_timeout", "statement_timeout", "client_connection_check_interval"] {
            try connection.query("RESET \(name)", to: "reset the session")
        }
    }

    private func undo(_ taken: ArraySlice<SetupStep>, because cause: PostgresError) -> SetupFailure {
        var failure = SetupFailure(cause: cause)
        var connection = connection
        var steps = taken
        if cause.kind == .refused {
            // A statement that the server refused has changed nothing.
            steps = steps.dropLast()
        } else if let again = try? Connection(connection.parameters) {
            // Whether the last statement took effect is unknown, and this connection can no longer tell.
            connection = again
        }
        for undo in steps.reversed().compactMap(\.undo) {
            report("\(undo)")
            do throws(PostgresError) {
                try connection.query(undo.sql, to: "undo a step of the setup", timeout: Self.patience)
                failure.undone.append(undo)
            } catch {
                failure.left.append(undo)
            }
        }
        return failure
    }
}
