import TestSupport
import Testing

/// One test's own corner: database, role, publication, slot and topics that no other test touches.
///
/// The role has REPLICATION and LOGIN and nothing else, as in the tutorial. What is left when the test ends (daemons,
/// slot) is ended with the scene.
final class Scene {
    let server: PostgresServer
    let cluster: any KafkaCluster
    let database: String
    let slot: String
    let role: String
    let password = "s3cret-\(UInt32.random(in: 1...(.max)))"
    let publication = "cdc_publication"
    /// The superuser's session in the scene's database.
    let sql: SQLSession
    /// Each mapped table and its rule, in YAML.
    var rules: [String: String]
    private let prefix = UniqueName.next("t")
    private var daemons: [DaemonProcess] = []

    /// - Parameters:
    ///   - schema: SQL that makes the tables.
    ///   - rules: the mapped tables of schema public, each with its rule in YAML.
    ///   - publishing: what follows `CREATE PUBLICATION name`; nil makes neither publication nor slot.
    ///   - partitions: of each topic; 0 leaves them to be created by the daemon.
    ///   - other: a scene on another server, whose names of database and slot this one takes over.
    init(
        _ schema: String = "CREATE TABLE users (id int PRIMARY KEY, name text)",
        rules: [String: String] = ["users": "{key: [id]}"], publishing: String? = "FOR ALL TABLES",
        on cluster: (any KafkaCluster)? = nil, partitions: Int = 1, server: PostgresServer? = nil,
        namedAs other: Scene? = nil
    ) throws {
        self.server = try server ?? PostgresServer.shared
        self.cluster = try cluster ?? KafkaKind.mock.shared()
        self.rules = rules
        database = try self.server.createDatabase(named: other?.database)
        slot = other?.slot ?? UniqueName.next("slot")
        role = UniqueName.next("role")
        sql = try self.server.session(database: database)
        try sql.execute("CREATE USER \(role) WITH REPLICATION LOGIN PASSWORD '\(password)'")
        try sql.execute(schema)
        if let publishing {
            try sql.execute("CREATE PUBLICATION \(publication) \(publishing)")
            try createSlot()
        }
        if partitions > 0 {
            for table in rules.keys { try self.cluster.createTopic(topic(table), partitions: partitions, config: [:]) }
        }
    }

    deinit {
        for daemon in daemons { try? daemon.kill9() }
        try? dropSlot()
    }

    func createSlot(plugin: String = "pgoutput") throws {
        try sql.execute("SELECT pg_create_logical_replication_slot('\(slot)', '\(plugin)')")
    }

    /// Drops the slot as soon as nobody holds it.
    func dropSlot() throws {
        // The scene's own session may have ended with a restart of the server, or the server altogether.
        let sql = try session()
        try eventually(within: .seconds(60), "the slot's end") {
            try sql.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '\(slot)'")
            return true
        }
    }

    func topic(_ table: String = "users") -> String { "\(prefix).\(table)" }

    func consumer(_ tables: String...) throws -> RecordConsumer {
        try RecordConsumer(
            cluster.bootstrapServers, topics: tables.isEmpty ? rules.keys.map(topic) : tables.map(topic))
    }

    /// A session of its own, for another thread or a transaction that stays open.
    func session() throws -> SQLSession { try server.session(database: database) }

    // MARK: The daemon

    /// The configuration file; further keys in YAML's flow style, with a comma in front.
    func configuration(
        cdc: [String] = [], kafka: [String] = [], mapping: [String] = [], top: [String] = [], port: UInt16? = nil,
        brokers: String? = nil, metricPort: UInt16 = 0
    ) -> String {
        let tables = rules.sorted { $0.key < $1.key }
        let topics = tables.map { "public.\($0.key): \(topic($0.key))" }.joined(separator: ", ")
        return configuration(
            mappingText: """
                  tables: {\(tables.map { "public.\($0.key): \($0.value)" }.joined(separator: ", "))}\(Self.lines(mapping))
                """,
            cdc: cdc, kafka: ["tableTopicMapping: {\(topics)}"] + kafka, top: top, port: port, brokers: brokers,
            metricPort: metricPort)
    }

    /// The same with everything below `mapping`, indented, and no topics beside it.
    func configuration(
        mappingText: String, cdc: [String] = [], kafka: [String] = [], top: [String] = [], port: UInt16? = nil,
        brokers: String? = nil, metricPort: UInt16 = 0
    ) -> String {
        """
        cdc:
          host: 127.0.0.1
          port: \(port ?? server.port)
          username: \(role)
          password: ${CDC_PASSWORD}
          database: \(database)
          publication: {name: \(publication)}
          slot: {name: \(slot), slotActivityCheckerInterval: 500}
          metric: {port: \(metricPort)}\(Self.lines(cdc))
        kafka:
          brokers: ["\(brokers ?? cluster.bootstrapServers)"]\(Self.lines(kafka))
        mapping:
        \(mappingText)
        \(top.joined(separator: "\n"))
        """
    }

    private static func lines(_ keys: [String]) -> String { keys.map { "\n  \($0)" }.joined() }

    var environment: [String: String] { ["CDC_PASSWORD": password] }

    /// Starts a daemon and does not wait for it.
    ///
    /// - Parameters:
    ///   - failpoint: `name[:count]` of a place where it is to end or hang.
    ///   - watchdog: what systemd would allow it between two signs of life; nil for no watchdog.
    func start(
        _ configuration: String? = nil, failpoint: String? = nil, watchdog: Duration? = nil
    ) throws -> DaemonProcess {
        var variables = environment
        variables["PQCDC_FAILPOINT"] = failpoint
        // As in the unit: a process that systemd aborts ends at once.
        if watchdog != nil { variables["SWIFT_BACKTRACE"] = "enable=no" }
        variables["WATCHDOG_USEC"] = watchdog.map { "\($0.components.seconds * 1_000_000)" }
        let daemon = try DaemonProcess(
            configuration: configuration ?? self.configuration(), environment: variables)
        daemons.append(daemon)
        return daemon
    }

    /// Starts a daemon that streams, or is passive, when this returns.
    func run(_ configuration: String? = nil) throws -> DaemonProcess {
        let daemon = try start(configuration)
        try daemon.waitUntilReady()
        return daemon
    }

    /// Starts a daemon that is to end by itself.
    func runToEnd(_ configuration: String? = nil, within limit: Duration = .seconds(60)) throws -> (
        status: TestSupport.ExitStatus, log: String
    ) {
        let daemon = try start(configuration)
        return (try daemon.waitForExit(within: limit), daemon.log.text)
    }

    /// Runs a one-shot command.
    func command(
        _ arguments: [String], _ configuration: String? = nil, environment: [String: String]? = nil
    ) throws -> FinishedProcess {
        try DaemonProcess.run(
            arguments, configuration: configuration ?? self.configuration(),
            environment: environment ?? self.environment)
    }

    /// What lets `setup` log in as the superuser.
    var asSuperuser: [String: String] {
        environment.merging([
            "PGUSER": PostgresServer.superuser, "PGPASSWORD": PostgresServer.superuserPassword,
        ]) { _, given in given }
    }

    // MARK: The slot

    /// The end of the WAL: behind everything that has been committed.
    func currentLSN() throws -> String { try sql.value("SELECT pg_current_wal_insert_lsn()")! }

    func confirmedFlush() throws -> String {
        try #require(
            try sql.value("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '\(slot)'"))
    }

    /// Whether the slot's confirmed LSN is at or behind `lsn`.
    func hasConfirmed(_ lsn: String) throws -> Bool {
        try sql.value("SELECT '\(confirmedFlush())'::pg_lsn >= '\(lsn)'") == "t"
    }

    func waitUntilConfirmed(_ lsn: String, within limit: Duration = .seconds(60)) throws {
        try eventually(within: limit, "the confirmation of \(lsn)") { try hasConfirmed(lsn) }
    }

    /// Waits until the daemon says that it has received the WAL up to `lsn`, delivered or not.
    func waitUntilReceived(_ lsn: String, within limit: Duration = .seconds(60)) throws {
        try eventually(within: limit, "the stream's arrival at \(lsn)") {
            try sql.value(
                "SELECT write_lsn >= '\(lsn)' FROM pg_stat_replication r JOIN pg_replication_slots s "
                    + "ON s.active_pid = r.pid WHERE slot_name = '\(slot)'") == "t"
        }
    }

    /// The walsender that serves the slot.
    func senderPID() throws -> String? {
        try sql.value("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '\(slot)'")
    }
}
