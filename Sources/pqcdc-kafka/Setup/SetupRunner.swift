import Configuration
import Postgres

/// Takes the steps of a ``SetupPlan`` one after another, and takes them back when one fails.
struct SetupRunner {
    private let connection: Connection
    /// Hears of each statement before it runs, with secrets masked.
    private let report: (String) -> Void

    /// Hears of a statement that waits, with whom it waits for.
    private let onWait: (String) -> Void

    /// - Parameter connection: of a role with the privileges; it must not be streaming.
    init(
        on connection: Connection, report: @escaping (String) -> Void, onWait: @escaping (String) -> Void
    ) {
        self.connection = connection
        self.report = report
        self.onWait = onWait
    }

    private func waits(_ step: SetupStep, _ waited: Duration) {
        let blockers = Blockers.ofSession(connection.backendPID, waiting: waited, connection.parameters)
        let names = blockers.map { "\n    \($0)\n        \($0.remedy(.standard))" }.joined()
        onWait(
            "waiting for \(waited.components.seconds) s to \(step.action)"
                + (blockers.isEmpty ? "" : "; in its way:\(names)"))
    }

    /// ALTER TABLE takes an ACCESS EXCLUSIVE lock, and whoever comes after it in the queue waits as long as it does.
    static let lockTimeout = "SET lock_timeout = '5s'"

    /// The other two: a slot is never made for a client that has given up or died, since the server ends the statement
    /// before we stop waiting for it.
    static let session = [
        lockTimeout,
        "SET statement_timeout = '60s'",
        "SET client_connection_check_interval = '2s'",
    ]

    /// More than `statement_timeout`: who waits less may leave a slot behind.
    private static let patience = Duration.seconds(90)

    /// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
    private static let duplicateObject = "42710"

    func run(_ steps: [SetupStep]) throws(SetupFailure) {
        guard !steps.isEmpty else { return }
        do throws(PostgresError) {
            for sql in Self.session {
                report(sql + ";")
                try connection.query(sql, to: "prepare the session")
            }
        } catch {
            throw SetupFailure(cause: error)
        }
        var taken: [SetupStep] = []
        // How many steps were taken before the open transaction.
        var before: Int?
        for step in steps {
            if step == .begin { before = taken.count }
            report("\(step.statement)")
            do throws(PostgresError) {
                try connection.query(step.statement.sql, to: step.action, timeout: Self.patience) { waited in
                    waits(step, waited)
                }
                taken.append(step)
                if step == .commit { before = nil }
            } catch {
                // Whatever was not committed has not happened. Of a COMMIT without an answer nothing is known.
                if let before, step != .commit || error.kind == .refused {
                    _ = try? connection.query("ROLLBACK", to: "roll back")
                    throw undo(Array(taken.prefix(before)), because: error)
                }
                // Another instance that started at the same moment made it. It is not ours to undo, and undoing the
                // rest would take from that instance what it stands on.
                if error.sqlState == Self.duplicateObject { continue }
                // A statement that the server refused has changed nothing; of any other end nothing is known.
                if error.kind != .refused { taken.append(step) }
                throw undo(taken, because: error)
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

    private func undo(_ taken: [SetupStep], because cause: PostgresError) -> SetupFailure {
        var failure = SetupFailure(cause: cause)
        var connection = connection
        // A connection that failed to answer can no longer tell whether its last statement took effect.
        if cause.kind != .refused, let again = try? Connection(connection.parameters) { connection = again }
        // A step may have changed it, and a connection made anew never had it.
        _ = try? connection.query(Self.lockTimeout, to: "prepare the session")
        // How many were undone before the open transaction.
        var before: Int?
        for step in taken.reversed() {
            guard let undo = step.undo else { continue }
            if step == .commit { before = failure.undone.count }
            if step == .begin { before = nil }
            report("\(undo)")
            do throws(PostgresError) {
                try connection.query(undo.sql, to: "undo a step of the setup", timeout: Self.patience)
                failure.undone.append(undo)
            } catch {
                failure.left.append(undo)
                guard let transaction = before else { continue }
                before = nil
                _ = try? connection.query("ROLLBACK", to: "roll back")
                failure.left += failure.undone[transaction...]
                failure.undone.removeLast(failure.undone.count - transaction)
            }
        }
        return failure
    }
}
