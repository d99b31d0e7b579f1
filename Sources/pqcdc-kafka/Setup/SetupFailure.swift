import Pipeline
import Postgres

/// A setup that ended early: the step that failed, and what became of the steps before it.
struct SetupFailure: Error, CustomStringConvertible {
    let cause: PostgresError
    /// The undo statements that ran.
    var undone: [SetupStatement] = []
    /// The undo statements that did not: what is left behind until someone runs them.
    var left: [SetupStatement] = []

    var status: ExitStatus { ExitStatus(cause) }

    var description: String {
        var lines = ["error: \(cause)"]
        if let advice = Self.advice(for: cause) { lines.append(advice) }
        if !undone.isEmpty { lines.append("what this run had changed was undone:") }
        lines += undone.map { "    \($0)" }
        if left.isEmpty {
            lines.append("nothing of this run is left behind")
        } else {
            lines.append("LEFT BEHIND, undo it by hand (a slot that nobody reads retains WAL until the disk is full):")
            lines += left.map { "    \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    /// What the operator can do about it, where that is known.
    static func advice(for error: PostgresError) -> String? {
        switch error.sqlState {
        case "42501":
            "setup needs a role that owns the tables, may CREATE in the database and has REPLICATION, or a superuser: "
                + "name it with --username"
        case "55P03":
            "another session holds a lock on the table for longer than 5 s, so setup gave way to the application: "
                + "try again, or find it with SELECT * FROM pg_locks WHERE NOT granted;"
        case "57014":
            "a slot can be created only once all transactions that were open have ended, prepared ones too: SELECT pid, "
                + "application_name, state, xact_start FROM pg_stat_activity WHERE backend_xid IS NOT NULL ORDER BY "
                + "xact_start; SELECT gid, owner, database, prepared FROM pg_prepared_xacts;"
        case "25006":
            "the server is a standby, or the role's transactions are read-only: name the primary in cdc.host"
        case "28P01", "28000":
            "check --username, --password-file and PGPASSWORD, or without them cdc.username and cdc.password"
        default: nil
        }
    }
}
