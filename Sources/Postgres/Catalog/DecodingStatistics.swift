/// What the server has decoded for a slot since its statistics were reset.
/// <https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-SLOTS-VIEW>
public struct DecodingStatistics: Hashable, Sendable {
    public var transactions: Int
    public var bytes: Int
    /// What went to the server's disk, since it was larger than `logical_decoding_work_mem`.
    public var spilledTransactions: Int
    public var spilledBytes: Int
    /// What was streamed before its commit.
    public var streamedTransactions: Int
    public var streamedBytes: Int

    /// nil when there is no such slot, or nothing has been counted for it.
    public static func read(
        ofSlot name: String, on connection: Connection
    ) throws(PostgresError) -> DecodingStatistics? {
        let result = try connection.query(
            """
            SELECT total_txns, total_bytes, spill_txns, spill_bytes, stream_txns, stream_bytes
            FROM pg_catalog.pg_stat_replication_slots
                WHERE slot_name OPERATOR(pg_catalog.=) \(connection.quoteLiteral(name))
            """, to: "read the statistics of the replication slot \"\(name)\"")
        guard result.rowCount > 0 else { return nil }
        func number(_ column: Int) -> Int { result.number(0, column) ?? 0 }
        return DecodingStatistics(
            transactions: number(0), bytes: number(1), spilledTransactions: number(2), spilledBytes: number(3),
            streamedTransactions: number(4), streamedBytes: number(5))
    }
}
