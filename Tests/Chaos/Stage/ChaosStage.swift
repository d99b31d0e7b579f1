import TestSupport

/// What a run takes place on: PostgreSQL behind a relay, Kafka, a database with its tables, and the daemon's file.
///
/// `@unchecked Sendable`: nothing changes after `init` but the servers, which guard themselves.
final class ChaosStage: @unchecked Sendable {
    /// Whom the daemon's file names, and who may be asked to disappear.
    enum Kafka: Sendable {
        case mock(MockKafka)
        case broker(KafkaBroker)

        var cluster: any KafkaCluster {
            switch self {
            case .mock(let cluster): cluster
            case .broker(let cluster): cluster
            }
        }
    }

    static let writers = 3
    static let accounts = 10
    static let balance = 1000

    let delivery: Delivery
    let snapshots: SnapshotMode
    /// How many rows the tables that snapshots read are filled with.
    private let filled: [RowTable: Int]
    let postgres: PostgresServer
    /// Stands between the daemon and PostgreSQL; writers go directly.
    let relay: TCPRelay
    let kafka: Kafka
    let database: String
    private let slot = UniqueName.next("chaos")
    private let prefix = UniqueName.next("chaos")
    private static let role = "chaos_cdc"
    private static let password = "chaos-secret"

    init(
        _ delivery: Delivery, snapshots: SnapshotMode, on kind: ChaosCommand.Kafka, for duration: Duration
    ) throws {
        self.delivery = delivery
        self.snapshots = snapshots
        // So that an initial snapshot, at its rate, goes on for a good part of the run. Those that are asked for come one
        // after the other.
        let seconds = Double(duration.components.seconds)
        filled =
            switch snapshots {
            case .never: [:]
            case .initial: RowFilling.counts(scale: seconds / 20)
            case .both: RowFilling.counts(scale: seconds / 60)
            case .onDemand: RowFilling.counts(scale: 1)
            }
        // Three seconds, so that sleeps and silences that are survived and such that are not both occur.
        postgres = try PostgresServer(settings: ["wal_sender_timeout": "3s"])
        try postgres.start()
        relay = try TCPRelay(to: postgres.port)
        switch kind {
        case .mock: kafka = .mock(try MockKafka())
        case .broker:
            let broker = try KafkaBroker()
            try broker.start()
            kafka = .broker(broker)
        }
        database = try postgres.createDatabase("chaos")
        let topics = [(entries, 3), (accounts, 1), (marks, 2)] + rowTables.map { (topic($0), 3) }
        for (topic, partitions) in topics {
            try kafka.cluster.createTopic(topic, partitions: partitions, config: [:])
        }
        let sql = try session()
        try sql.execute(
            """
            CREATE USER \(Self.role) WITH REPLICATION LOGIN PASSWORD '\(Self.password)';
            CREATE TABLE entries (key bigint, counter bigint, value bigint, tx bigint, pad text, PRIMARY KEY (key, counter));
            CREATE TABLE accounts (id bigint PRIMARY KEY, version bigint, balance bigint, tx bigint);
            CREATE TABLE marks (tx bigint PRIMARY KEY, changes bigint);
            INSERT INTO accounts SELECT i, 0, \(Self.balance), 0 FROM generate_series(1, \(Self.accounts)) i;
            """)
        if snapshots != .never {
            try sql.execute(RowFilling.schema(filled))
            try sql.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(Self.role)")
        }
        try sql.execute("CREATE PUBLICATION chaos FOR ALL TABLES WITH (publish_via_partition_root)")
        try sql.execute("SELECT pg_create_logical_replication_slot('\(slot)', 'pgoutput')")
    }

    var entries: String { "\(prefix).entries" }
    /// Has one partition, so that the two changes of a transfer stand together.
    var accounts: String { "\(prefix).accounts" }
    var marks: String { "\(prefix).marks" }
    /// The tables that snapshots read.
    var rowTables: [RowTable] { snapshots == .never ? [] : RowTable.allCases }
    func topic(_ table: RowTable) -> String { "\(prefix).\(table.name)" }

    /// What a writer has of these tables before its first transaction; nil where there are none.
    func rowStates(ofWriter number: Int) -> RowStates? {
        snapshots == .never ? nil : RowStates(writer: number, of: Self.writers, filled: filled)
    }

    /// The superuser's session, past the relay.
    func session() throws -> SQLSession { try postgres.session(database: database) }

    func startDaemon() throws -> DaemonProcess {
        try DaemonProcess(configuration: configuration, environment: ["CDC_PASSWORD": Self.password])
    }

    private var configuration: String {
        """
        cdc:
          host: 127.0.0.1
          port: \(relay.port)
          username: \(Self.role)
          password: ${CDC_PASSWORD}
          database: \(database)
          publication: {name: chaos}
          slot: {name: \(slot), slotActivityCheckerInterval: 500}
          metric: {port: 0}
          snapshot: \(snapshotKeys)
        kafka:
          brokers: ["\(kafka.cluster.bootstrapServers)"]
          delivery: \(delivery.rawValue)
          stateTopic: \(stateTopic)
          producerBatchSize: 500
          tableTopicMapping:
            public.entries: \(entries)
            public.accounts: \(accounts)
            public.marks: \(marks)
        \(rowTables.map { "    public.\($0.name): \(topic($0))" }.joined(separator: "\n"))
        mapping:
          defaults: {headers: standard}
          tables:
            public.entries: {key: [key], onDelete: tombstone}
            public.accounts: {key: [id]}
            public.marks: {key: [tx]}
        \(rowTables.map { "    public.\($0.name): \(Self.rowRule)" }.joined(separator: "\n"))
        """
    }

    private static let rowRule = "{key: [id], onDelete: tombstone, columns: {exclude: [n, pad]}}"
    private var stateTopic: String { "\(prefix).state" }

    /// The other tables stream from the slot's beginning, so that the run knows of every transaction.
    private var snapshotKeys: String {
        let tables = rowTables.map { "{name: \($0.name)}" }.joined(separator: ", ")
        return snapshots.isInitial
            ? "{mode: initial, chunkSize: 100, parallelism: 2, maxRate: 250kb/s, onDemand: anyone, tables: [\(tables)]}"
            : "{mode: never, chunkSize: 100, onDemand: anyone}"
    }

    // MARK: What Kafka knows

    /// The positions that the daemons keep.
    func positions() throws -> Positions { try Positions(kafka.cluster, stateTopic) }

    // MARK: What PostgreSQL knows

    /// The process of the walsender that serves the slot; nil while nobody holds it.
    func senderPID(_ sql: SQLSession) throws -> String? {
        try sql.value("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '\(slot)'")
    }

    /// Ends every session of the daemon's role but the one that streams.
    func terminateReaders(_ sql: SQLSession) throws {
        try sql.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '\(Self.role)'
            AND pid NOT IN (SELECT active_pid FROM pg_replication_slots
                            WHERE slot_name = '\(slot)' AND active_pid IS NOT NULL)
            """)
    }

    /// Whether the slot stands at `lsn` or behind it.
    func hasConfirmed(_ lsn: String, _ sql: SQLSession) throws -> Bool {
        try sql.value(
            "SELECT confirmed_flush_lsn >= '\(lsn)' FROM pg_replication_slots WHERE slot_name = '\(slot)'") == "t"
    }

    func committed(_ sql: SQLSession) throws -> Set<Int64> {
        Set(try sql.query("SELECT tx FROM marks").compactMap { row in row[0].flatMap { Int64($0) } })
    }

    func tables(_ sql: SQLSession) throws -> Tables {
        var tables = Tables()
        for row in try Self.numbers(sql, "SELECT id, version, balance FROM accounts") {
            tables.accounts[row[0]] = .init(version: row[1], balance: row[2])
        }
        for row in try Self.numbers(sql, "SELECT key, counter, value FROM entries") {
            tables.entries[.init(key: row[0], counter: row[1])] = row[2]
        }
        for table in rowTables {
            for row in try sql.query(RowFilling.query(table)) {
                let numbers = row.dropFirst().map { $0.flatMap { Int64($0) } ?? .min }
                guard let id = row[0].flatMap({ RowFilling.id(ofKey: $0, table) }) else {
                    throw HarnessError("a row of \(table.name) has a key that nobody has written")
                }
                tables.rows[table.key(id)] = .init(
                    version: numbers[0], transaction: numbers[1], large: numbers[2])
            }
        }
        return tables
    }

    private static func numbers(_ sql: SQLSession, _ query: String) throws -> [[Int64]] {
        try sql.query(query).map { row in row.map { $0.flatMap { Int64($0) } ?? .min } }
    }
}
