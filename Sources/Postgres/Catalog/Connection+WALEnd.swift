public import ReplicationProtocol

extension Connection {
    /// The end of the server's WAL, written out or not: every transaction that is visible now was committed below it.
    public func walEnd() throws(PostgresError) -> LSN {
        let action = "read the end of the WAL"
        // On a standby a commit can be seen a moment before it counts as replayed.
        let result = try query(
            """
            SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN
                GREATEST(pg_catalog.pg_last_wal_replay_lsn(), pg_catalog.pg_last_wal_receive_lsn())
                ELSE pg_catalog.pg_current_wal_insert_lsn() END
            """, to: action)
        guard let end = result[0, 0].flatMap({ LSN($0) }) else {
            throw PostgresError(.unexpectedAnswer, action: action, reason: "the server answered no LSN")
        }
        return end
    }
}
