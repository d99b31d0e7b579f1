public import ReplicationProtocol

/// Which server this is, and what it is set up to do for logical replication.
public struct ServerIdentity: Hashable, Sendable {
    /// `server_version_num`: 150018 is 15.18.
    public var version: Int
    /// The cluster's own number, made by initdb and shared with its physical standbys only; nil where a service hides
    /// it from plain SQL. A replication connection always tells.
    public var systemIdentifier: UInt64?
    public var database: String
    public var walLevel: String
    public var maxWALSenders: Int
    public var maxReplicationSlots: Int
    /// In this session, so with the role's own setting; nil when the server never gives up on a silent client.
    public var walSenderTimeout: Duration?
    /// The bytes of WAL that a slot may retain; nil when there is no limit.
    public var maxSlotWALKeepSize: Int?
    public var serverEncoding: String
    public var isInRecovery: Bool
    /// The end of WAL when this was read: written on a primary, replayed on a standby.
    public var currentLSN: LSN

    public init(
        version: Int, systemIdentifier: UInt64?, database: String, walLevel: String, maxWALSenders: Int,
        maxReplicationSlots: Int, walSenderTimeout: Duration?, maxSlotWALKeepSize: Int?, serverEncoding: String,
        isInRecovery: Bool, currentLSN: LSN
    ) {
        self.version = version
        self.systemIdentifier = systemIdentifier
        self.database = database
        self.walLevel = walLevel
        self.maxWALSenders = maxWALSenders
        self.maxReplicationSlots = maxReplicationSlots
        self.walSenderTimeout = walSenderTimeout
        self.maxSlotWALKeepSize = maxSlotWALKeepSize
        self.serverEncoding = serverEncoding
        self.isInRecovery = isInRecovery
        self.currentLSN = currentLSN
    }

    public var majorVersion: Int { version / 10_000 }

    /// `15.18`.
    public var versionText: String { "\(majorVersion).\(version % 10_000)" }

    public static func read(on connection: Connection) throws(PostgresError) -> ServerIdentity {
        let action = "read the server's settings"
        // pg_settings gives bare numbers in the unit of each setting: milliseconds and megabytes here.
        let result = try connection.query(
            """
            SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE'),
                pg_catalog.current_database(),
                pg_catalog.current_setting('wal_level'), pg_catalog.current_setting('max_wal_senders'),
                pg_catalog.current_setting('max_replication_slots'),
                (SELECT setting FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) 'wal_sender_timeout'),
                (SELECT setting FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) 'max_slot_wal_keep_size'),
                pg_catalog.current_setting('server_encoding'), pg_catalog.pg_is_in_recovery(),
                CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
                    ELSE pg_catalog.pg_current_wal_lsn() END
            """, to: action)
        let row = try result.onlyRow(action)
        let timeout = result.number(row, 5) ?? 0
        let keepSize = result.number(row, 6) ?? -1
        return ServerIdentity(
            version: connection.serverVersion,
            systemIdentifier: try systemIdentifier(on: connection, hasFunction: result.flag(row, 0), action),
            database: try result.text(row, 1, action),
            walLevel: try result.text(row, 2, action),
            maxWALSenders: result.number(row, 3) ?? 0,
            maxReplicationSlots: result.number(row, 4) ?? 0,
            walSenderTimeout: timeout > 0 ? .milliseconds(timeout) : nil,
            maxSlotWALKeepSize: keepSize >= 0 ? min(keepSize, Int.max >> 20) << 20 : nil,
            serverEncoding: try result.text(row, 7, action),
            isInRecovery: result.flag(row, 8),
            currentLSN: result.lsn(row, 9) ?? .zero)
    }

    private static func systemIdentifier(
        on connection: Connection, hasFunction: Bool, _ action: String
    ) throws(PostgresError) -> UInt64? {
        if connection.parameters["replication"] != nil {
            return try connection.query("IDENTIFY_SYSTEM", to: action)[0, 0].flatMap { UInt64($0) }
        }
        guard hasFunction else { return nil }
        let result = try connection.query("SELECT system_identifier FROM pg_catalog.pg_control_system()", to: action)
        // SQL shows it as a signed bigint; the identifier is not signed.
        return result.number(0, 0).map { UInt64(bitPattern: Int64($0)) }
    }
}
