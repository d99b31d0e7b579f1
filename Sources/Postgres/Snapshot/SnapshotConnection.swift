internal import CLibpq
public import LinuxSupport
public import ReplicationProtocol

/// A session that reads tables as they are in one snapshot. Belongs to the thread that made it.
///
/// It takes no lock beyond ACCESS SHARE, and row-level security makes it fail rather than miss rows.
public final class SnapshotConnection {
    public let connection: Connection
    /// Whether the transaction has a savepoint.
    private var isMarked = false
    /// What is in force in the transaction, and what was at the savepoint; nil for none, as everywhere else.
    private var searchPath: (now: SearchPath?, atMark: SearchPath?)

    public init(
        _ parameters: ConnectionParameters, interruptedBy wakeup: Wakeup? = nil
    ) throws(PostgresError) {
        searchPath = (nil, nil)
        connection = try Connection(parameters, interruptedBy: wakeup)
        try prepare()
    }

    private func prepare() throws(PostgresError) {
        try connection.restoreSettings()
        // A reader waits while Kafka is slow; what else limits a role (statement_timeout, lock_timeout) is respected.
        // Quotes in a condition must mean the same here as where it was checked. Rows must come in the order of their pages,
        // of which only a scan by ctid is sure.
        try connection.query(
            """
            SET idle_in_transaction_session_timeout = 0; SET idle_session_timeout = 0; SET row_security = off;
            SET standard_conforming_strings = on; SET enable_tidscan = on; SET synchronize_seqscans = off;
            SET max_parallel_workers_per_gather = 0
            """, to: "prepare the session")
        try connection.boundLockWaits()
    }

    /// Makes the session what it was when it began: no setting, role, temporary object or lock of an earlier statement is
    /// left. Outside a transaction only.
    ///
    /// For readers whose chunks are asked for by others. A mark is in the stream as soon as it is on disk here; whether a
    /// standby has it does not matter to it.
    public func renew() throws(PostgresError) {
        try connection.query("DISCARD ALL", to: "renew the session")
        try prepare()
        try connection.query("SET synchronous_commit = local", to: "prepare the session")
        try connection.boundStatements()
    }

    /// Begins a read-only transaction that sees one snapshot.
    ///
    /// - Parameter snapshot: ``ExportedSnapshot/name``, or what ``exportSnapshot()`` of another session has returned; nil
    ///   takes a new one with the first statement.
    public func begin(importing snapshot: String? = nil) throws(PostgresError) {
        try connection.query(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", to: "begin a transaction for a snapshot")
        isMarked = false
        searchPath = (nil, nil)
        guard let snapshot else { return }
        try connection.query(
            "SET TRANSACTION SNAPSHOT \(connection.quoteLiteral(snapshot))", to: "import the snapshot \"\(snapshot)\"")
    }

    /// Locks a table against everything that rewrites it (ACCESS SHARE) until the transaction ends, and looks whether that
    /// comes too late.
    ///
    /// Call it in each transaction before the table's first page is read. A snapshot says nothing of files: between its
    /// birth and the lock, ALTER TABLE may have rewritten the table, which then looks empty to it, and VACUUM FULL may
    /// have moved the rows to other pages.
    ///
    /// - Returns: whether the table's file is the one that `table` was read with, and that the snapshot knows.
    public func claim(_ table: SnapshotTable) throws(PostgresError) -> Bool {
        try claim(table.leaf, oid: table.leafOID, fileNode: table.fileNode)
    }

    /// See ``claim(_:)``.
    ///
    /// - Parameter columns: those that are going to be read; refused as undefined (42703) where one of them is gone.
    public func claim(
        _ table: RelationName, oid: OID, fileNode: OID, columns: [String] = []
    ) throws(PostgresError) -> Bool {
        let action = "lock the table \"\(table)\""
        let quoting = connection.quoting
        let list = columns.map(quoting.identifier).joined(separator: ", ")
        // Takes the lock, and needs no more than SELECT on some column, where LOCK TABLE wants all.
        try connection.query("SELECT \(list) FROM ONLY \(quoting.relation(table)) LIMIT 0", to: action)
        // The function reads the catalog as it is now, the row as the snapshot sees it.
        let result = try connection.query(
            """
            SELECT c.relfilenode OPERATOR(pg_catalog.=) pg_catalog.pg_relation_filenode(c.oid)
                AND c.relfilenode OPERATOR(pg_catalog.=) \(fileNode)
            FROM pg_catalog.pg_class c
                WHERE c.oid OPERATOR(pg_catalog.=) \(quoting.literal(quoting.relation(table)))::pg_catalog.regclass
                AND c.oid OPERATOR(pg_catalog.=) \(oid)
            """, to: action)
        return result.rowCount == 1 && result.flag(0, 0)
    }

    /// The transaction's own snapshot, for others to import while this transaction lasts.
    public func exportSnapshot() throws(PostgresError) -> String {
        let action = "export a snapshot"
        return try connection.query("SELECT pg_catalog.pg_export_snapshot()", to: action).text(0, 0, action)
    }

    /// Which transactions the transaction sees.
    public func currentSnapshot() throws(PostgresError) -> TransactionSnapshot {
        let action = "read the transaction's snapshot"
        let text = try connection.query("SELECT pg_catalog.pg_current_snapshot()", to: action).text(0, 0, action)
        guard let snapshot = TransactionSnapshot(text) else {
            throw PostgresError(.unexpectedAnswer, action: action, reason: "the server answered no snapshot")
        }
        return snapshot
    }

    /// Marks the place in the transaction that ``undo()`` goes back to. What is locked by now stays locked then.
    public func mark() throws(PostgresError) {
        try connection.query(
            (isMarked ? "RELEASE SAVEPOINT pqcdc; " : "") + "SAVEPOINT pqcdc", to: "mark a place in a transaction")
        isMarked = true
        searchPath.atMark = searchPath.now
    }

    /// Takes back what was done since ``mark()``: an error, or locks. The transaction's snapshot stays.
    public func undo() throws(PostgresError) {
        try connection.query("ROLLBACK TO SAVEPOINT pqcdc", to: "go back in a transaction")
        searchPath.now = searchPath.atMark
    }

    /// Ends the transaction, and with it its hold on vacuum.
    public func end() throws(PostgresError) {
        try connection.query("COMMIT", to: "end a transaction for a snapshot")
    }

    /// Has the names of the next statements looked for in `path`, until the transaction ends: those of a condition.
    public func search(_ path: SearchPath?) throws(PostgresError) {
        guard path != searchPath.now else { return }
        let statement = path?.statement(connection.quoting) ?? SearchPath.resetStatement
        try connection.query(statement, to: "set the search_path of a condition")
        searchPath.now = path
    }

    /// Begins to read what `statement`, a `COPY … TO STDOUT`, returns. One at a time; end it, by reading to its end or by
    /// dropping this connection, before the next statement.
    ///
    /// The session's settings are set anew before: no condition that an earlier statement evaluated decides how these values
    /// are printed. A condition's own `search_path` stays.
    public func copy(_ statement: String, to action: String) throws(PostgresError) -> CopyOut {
        try connection.restoreSettings()
        if let path = searchPath.now {
            try connection.query(path.statement(connection.quoting), to: "set the search_path of a condition")
        }
        return try CopyOut(statement, on: connection, to: action)
    }
}
