public import ReplicationProtocol

/// A replication slot as `pg_replication_slots` shows it.
/// <https://www.postgresql.org/docs/current/view-pg-replication-slots.html>
public struct ReplicationSlotState: Hashable, Sendable {
    public enum WALStatus: String, Sendable {
        case reserved, extended
        /// The next checkpoint may remove WAL that the slot still needs.
        case unreserved
        /// WAL that the slot needs is gone: it can never be used again.
        case lost
    }

    public var name: String
    /// nil for a physical slot, as ``database`` is.
    public var plugin: String?
    public var isLogical: Bool
    public var database: String?
    public var isTemporary: Bool
    /// Made with `two_phase`: what it decodes holds PREPARE messages, whoever reads.
    public var isTwoPhase = false
    /// A standby's copy of a slot of its primary (PostgreSQL 17), which nobody can use before the promotion.
    public var isSynced = false
    /// Kept up to date on standbys (PostgreSQL 17), for whose confirmation the stream then may have to wait.
    public var isFailover = false
    /// Who streams from it now; nil when nobody does.
    public var holder: SlotHolder?
    public var restartLSN: LSN?
    public var confirmedFlush: LSN?
    public var walStatus: WALStatus?
    /// How many more bytes of WAL may be written before the slot can be lost; nil without such a limit.
    public var safeWALSize: Int?
    /// Why the server gave the slot up: its own word from PostgreSQL 17 on, `recovery conflict` on 16.
    public var invalidationReason: String?

    public init(
        name: String, plugin: String?, isLogical: Bool = true, database: String?, isTemporary: Bool = false,
        holder: SlotHolder? = nil, restartLSN: LSN? = nil, confirmedFlush: LSN? = nil,
        walStatus: WALStatus? = .reserved, safeWALSize: Int? = nil, invalidationReason: String? = nil
    ) {
        self.name = name
        self.plugin = plugin
        self.isLogical = isLogical
        self.database = database
        self.isTemporary = isTemporary
        self.holder = holder
        self.restartLSN = restartLSN
        self.confirmedFlush = confirmedFlush
        self.walStatus = walStatus
        self.safeWALSize = safeWALSize
        self.invalidationReason = invalidationReason
    }

    public var isActive: Bool { holder != nil }

    /// Whether the server refuses to decode from it, for ever.
    public var isLost: Bool { walStatus == .lost || invalidationReason != nil }

    /// The slot called `name`, or nil when there is none.
    public static func read(
        _ name: String, on connection: Connection
    ) throws(PostgresError) -> ReplicationSlotState? {
        let action = "read the replication slot \"\(name)\""
        let invalidation =
            switch connection.serverVersion {
            case 170_000...: "s.invalidation_reason"
            case 160_000...: "CASE WHEN s.conflicting THEN 'recovery conflict' END"
            default: "NULL"
            }
        let copies =
            connection.serverVersion >= 170_000
            ? "s.failover, s.synced AND pg_catalog.pg_is_in_recovery()" : "false, false"
        let result = try connection.query(
            """
            SELECT s.plugin, s.slot_type, s.database, s.temporary, s.active, s.active_pid, s.restart_lsn,
                s.confirmed_flush_lsn, s.wal_status, s.safe_wal_size, \(invalidation),
                a.usename, a.application_name, a.client_addr, s.two_phase, \(copies)
            FROM pg_catalog.pg_replication_slots s LEFT JOIN pg_catalog.pg_stat_activity a
                ON a.pid OPERATOR(pg_catalog.=) s.active_pid
            WHERE s.slot_name OPERATOR(pg_catalog.=) \(connection.quoteLiteral(name))
            """, to: action)
        guard result.rowCount > 0 else { return nil }
        var state = ReplicationSlotState(
            name: name, plugin: result[0, 0], isLogical: result[0, 1] == "logical", database: result[0, 2],
            isTemporary: result.flag(0, 3),
            holder: result.flag(0, 4)
                ? SlotHolder(
                    pid: result.number(0, 5), role: result[0, 11], application: result[0, 12],
                    address: result[0, 13])
                : nil,
            restartLSN: result.lsn(0, 6), confirmedFlush: result.lsn(0, 7),
            walStatus: result[0, 8].flatMap(WALStatus.init), safeWALSize: result.number(0, 9),
            invalidationReason: result[0, 10])
        state.isTwoPhase = result.flag(0, 14)
        state.isFailover = result.flag(0, 15)
        state.isSynced = result.flag(0, 16)
        return state
    }

    /// The names of the slots of this database that decode with pgoutput, in order; so many at most.
    public static func names(
        atMost limit: Int = 10, on connection: Connection
    ) throws(PostgresError) -> [String] {
        let result = try connection.query(
            """
            SELECT s.slot_name FROM pg_catalog.pg_replication_slots s
            WHERE s.plugin OPERATOR(pg_catalog.=) 'pgoutput'
                AND s.database OPERATOR(pg_catalog.=) pg_catalog.current_database() AND NOT s.temporary
            ORDER BY s.slot_name LIMIT \(limit)
            """, to: "list the replication slots")
        return result.rows.compactMap { $0[0] }
    }
}
