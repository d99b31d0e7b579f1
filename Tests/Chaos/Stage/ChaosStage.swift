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

    static let accounts = 10
    static let balance = 1000

    let delivery: Delivery
    let postgres: PostgresServer
    /// Stands between the daemon and PostgreSQL; writers go directly.
    let relay: TCPRelay
    let kafka: Kafka
    let database: String
    private let slot = UniqueName.next("chaos")
    private let prefix = UniqueName.next("chaos")
    private static let role = "chaos_cdc"
    private static let password = "chaos-secret"

    init(_ delivery: Delivery, on kind: ChaosCommand.Kafka) throws {
        self.delivery = delivery
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
        for (topic, partitions) in [(entries, 3), (accounts, 1), (marks, 2)] {
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
            CREATE PUBLICATION chaos FOR ALL TABLES;
            """)
        try sql.execute("SELECT pg_create_logical_replication_slot('\(slot)', 'pgoutput')")
    }

    var entries: String { "\(prefix).entries" }
    /// Has one partition, so that the two changes of a transfer stand together.
    var accounts: String { "\(prefix).accounts" }
    var marks: String { "\(prefix).marks" }

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
        kafka:
          brokers: ["\(kafka.cluster.bootstrapServers)"]
          delivery: \(delivery.rawValue)
          stateTopic: \(prefix).state
          producerBatchSize: 500
          tableTopicMapping:
            public.entries: \(entries)
            public.accounts: \(accounts)
            public.marks: \(marks)
        mapping:
          defaults: {headers: standard}
          tables:
            public.entries: {key: [key], onDelete: tombstone}
            public.accounts: {key: [id]}
            public.marks: {key: [tx]}
        """
    }

    // MARK: What PostgreSQL knows

    /// The process of the walsender that serves the slot; nil while nobody holds it.
    func senderPID(_ sql: SQLSession) throws -> String? {
        try sql.value("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '\(slot)'")
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
        return tables
    }

    private static func numbers(_ sql: SQLSession, _ query: String) throws -> [[Int64]] {
        try sql.query(query).map { row in row.map { $0.flatMap { Int64($0) } ?? .min } }
    }
}
