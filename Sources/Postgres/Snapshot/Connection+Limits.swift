/// What limits a session's waits on the server.
extension Connection {
    /// Has the server end a wait for a lock before we lose patience with it.
    ///
    /// Whoever goes away while his statement waits leaves a backend behind that waits on, until the lock is free; with
    /// each attempt another one. A shorter `lock_timeout` of the role's own stays.
    public func boundLockWaits() throws(PostgresError) {
        // Below the 30 s that we wait for the answer to a query.
        try query(
            """
            SELECT pg_catalog.set_config('lock_timeout', '25s', false) FROM pg_catalog.pg_settings
            WHERE name OPERATOR(pg_catalog.=) 'lock_timeout'
                AND (setting::bigint OPERATOR(pg_catalog.<) 1 OR setting::bigint OPERATOR(pg_catalog.>) 25000)
            """, to: "prepare the session")
    }

    /// Bounds what one statement may cost where the role has no bound of its own: a chunk has few rows, and a minute is far
    /// more than it needs.
    func boundStatements() throws(PostgresError) {
        try query(
            """
            SELECT pg_catalog.set_config('statement_timeout', '60s', false) FROM pg_catalog.pg_settings
            WHERE name OPERATOR(pg_catalog.=) 'statement_timeout' AND setting OPERATOR(pg_catalog.=) '0'
            """, to: "prepare the session")
    }

    /// For how long the server lets this session's transactions be open; nil for no limit, and before PostgreSQL 17.
    public func transactionTimeout() throws(PostgresError) -> Duration? {
        let result = try query(
            """
            SELECT setting FROM pg_catalog.pg_settings
            WHERE name OPERATOR(pg_catalog.=) 'transaction_timeout' AND setting OPERATOR(pg_catalog.<>) '0'
            """,
            to: "read the setting transaction_timeout")
        guard result.rowCount == 1, let milliseconds = result.number(0, 0) else { return nil }
        return .milliseconds(milliseconds)
    }
}
