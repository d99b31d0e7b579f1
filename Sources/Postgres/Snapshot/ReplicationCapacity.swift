/// How many replication slots and walsenders a server has left.
public struct ReplicationCapacity: Hashable, Sendable {
    public var freeSlots: Int
    public var freeSenders: Int

    public init(freeSlots: Int, freeSenders: Int) {
        self.freeSlots = freeSlots
        self.freeSenders = freeSenders
    }

    public static func read(on connection: Connection) throws(PostgresError) -> ReplicationCapacity {
        let action = "read how many replication slots are free"
        let result = try connection.query(
            """
            SELECT pg_catalog.current_setting('max_replication_slots')::int
                    OPERATOR(pg_catalog.-) (SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots),
                pg_catalog.current_setting('max_wal_senders')::int
                    OPERATOR(pg_catalog.-) (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication)
            """, to: action)
        let row = try result.onlyRow(action)
        return ReplicationCapacity(freeSlots: result.number(row, 0) ?? 0, freeSenders: result.number(row, 1) ?? 0)
    }
}
