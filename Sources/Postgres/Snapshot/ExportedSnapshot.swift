internal import CLibpq
public import LinuxSupport
public import ReplicationProtocol

/// A snapshot and the LSN that fits it: every transaction whose commit stands before ``consistentPoint`` is visible in
/// it, and no other is. Both come from the same command, so nothing can come between them.
///
/// Made with a temporary logical slot on a connection of its own, which holds snapshot and slot until this object is
/// gone; keep it until everyone has imported the snapshot.
/// <https://www.postgresql.org/docs/current/protocol-replication.html#PROTOCOL-REPLICATION-CREATE-REPLICATION-SLOT>
public final class ExportedSnapshot {
    /// For `SET TRANSACTION SNAPSHOT`.
    public let name: String
    /// Transactions with a commit record at or behind it are not in the snapshot.
    public let consistentPoint: LSN
    /// The role's, for transactions that import the snapshot; nil for no limit.
    public let transactionTimeout: Duration?
    private let connection: Connection

    /// Creates the slot. The server waits for all transactions that are running at this moment, also in other databases
    /// and of sessions that only have been assigned a transaction id.
    ///
    /// - Parameters:
    ///   - slot: a name that no other session uses; the slot is gone with the connection.
    ///   - onWait: called after a second and then every ten while the server waits, with the time that has passed and
    ///     the PID of the session that waits.
    public init(
        _ parameters: ConnectionParameters, slot: String, interruptedBy wakeup: Wakeup? = nil,
        onWait: (Duration, Int) -> Void = { _, _ in }
    ) throws(PostgresError) {
        connection = try Connection(parameters.forReplication, interruptedBy: wakeup)
        // The session is idle in a transaction from now on, as it must be. Its wait for running transactions is one for
        // locks to the server, but keeps nobody waiting.
        try connection.query(
            "SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0", to: "prepare the session")
        transactionTimeout = try connection.transactionTimeout()
        if transactionTimeout != nil {
            try connection.query("SET transaction_timeout = 0", to: "prepare the session")
        }
        let action = "create the temporary slot \"\(slot)\""
        // The form with parentheses came with PostgreSQL 15; this one is understood by all.
        let command =
            "CREATE_REPLICATION_SLOT \(ReplicationStream.quote(slot, "\"")) TEMPORARY LOGICAL pgoutput EXPORT_SNAPSHOT"
        let pid = connection.backendPID
        let result = try connection.query(command, to: action, timeout: nil) { onWait($0, pid) }
        guard result.rowCount == 1, let point = result.lsn(0, 1), let name = result[0, 2] else {
            throw PostgresError(.unexpectedAnswer, action: action, reason: "the server exported no snapshot")
        }
        consistentPoint = point
        self.name = name
    }
}
