import TestSupport
import Testing

/// The README's tutorial, followed word for word.
@Suite struct TutorialTests {
    @Test(arguments: [KafkaKind.mock, .broker].filter(\.isAvailable))
    func theTutorialShowsEachChangeInCommitOrder(kind: KafkaKind) throws {
        let server = try PostgresServer(settings: ["max_wal_senders": "5", "max_replication_slots": "5"])
        try server.start()
        let cluster: any KafkaCluster = kind == .mock ? try MockKafka(topics: [("users.0", 1)]) : try kind.shared()
        try server.session().execute("CREATE DATABASE cdc_db")
        let sql = try server.session(database: "cdc_db")
        try sql.execute("CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL, created_on timestamptz)")
        try sql.execute(
            "CREATE PUBLICATION cdc_publication FOR TABLE users WITH (publish = 'insert,delete,update')")
        try sql.execute("SELECT * FROM pg_create_logical_replication_slot('cdc_slot','pgoutput')")
        try sql.execute("ALTER TABLE users REPLICA IDENTITY FULL")
        try sql.execute("CREATE USER cdc_user WITH REPLICATION LOGIN PASSWORD 'cdc_pass'")

        let file = try Self.file(server: server, cluster: cluster)
        let environment = ["CDC_PASSWORD": "cdc_pass"]
        func command(_ arguments: String...) throws -> FinishedProcess {
            try DaemonProcess.run(arguments, configuration: file, environment: environment)
        }
        #expect(try command("validate").status == .exited(0))
        let online = try command("validate", "--online")
        #expect(online.status == .exited(0), "\(online)")
        #expect(online.errors.contains("GRANT SELECT ON \"public\".\"users\" TO \"cdc_user\""), "\(online)")
        let setup = try command("setup")
        #expect(setup.status == .exited(0), "\(setup)")
        // PostgreSQL has all; the mock cluster has no requests by which a topic is made.
        let made = setup.output.split(separator: "\n").filter { $0.hasSuffix(";") || $0.hasPrefix("--") }
        #expect(made.allSatisfy { $0.contains("--create --topic pqcdc-state") }, "\(setup)")
        #expect(try command("setup").output.contains("nothing to change"))

        let daemon = try DaemonProcess(configuration: file, environment: environment)
        try daemon.waitUntilReady()
        try sql.execute("INSERT INTO users (name, created_on) VALUES ('Ada', '2026-11-22 12:00:00.123456+02')")
        try sql.execute("INSERT INTO users (name) VALUES ('Grace \"Amazing\" Hopper')")
        try sql.execute("UPDATE users SET name = 'Ada Lovelace' WHERE id = 1")
        try sql.execute("DELETE FROM users WHERE id = 2")
        let consumer = try RecordConsumer(cluster.bootstrapServers, topics: ["users.0"])
        let records = try consumer.records(count: 4).map(\.text)
        #expect(
            records == [
                #"1 → {"id":1,"name":"Ada","created_on":"2026-11-22T10:00:00.123456Z"}"#,
                #"2 → {"id":2,"name":"Grace \"Amazing\" Hopper","created_on":null}"#,
                #"1 → {"id":1,"name":"Ada Lovelace","created_on":"2026-11-22T10:00:00.123456Z"}"#,
                #"2 → {"id":2,"name":"Grace \"Amazing\" Hopper","created_on":null}"#,
            ])
        expectCleanStop(daemon)
        #expect(try consumer.recordsToEnd().isEmpty)
    }

    /// The example's own text with this run's ports in it.
    private static func file(server: PostgresServer, cluster: any KafkaCluster) throws -> String {
        let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let example = try TextFile.read("/\(folder)/config/examples/tutorial.yaml")
        return
            example
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                switch line {
                case "  port: 5432": "  port: \(server.port)"
                case "    port: 8081": "    port: \((try? FreePort.next()) ?? 0)"
                case #"  brokers: ["localhost:19092"]"#: "  brokers: [\"\(cluster.bootstrapServers)\"]"
                default: String(line)
                }
            }.joined(separator: "\n")
    }
}
