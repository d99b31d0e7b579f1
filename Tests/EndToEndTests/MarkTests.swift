import TestSupport
import Testing

/// The transaction that a position marks is known again whatever became of its table and publication meanwhile, and where
/// the server sends it no more, its WAL is asked.
@Suite struct MarkTests {
    private static let limit = Duration.seconds(60)
    private static let schema = """
        CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE others (id int PRIMARY KEY);
        CREATE TABLE unmapped (id int PRIMARY KEY); CREATE SEQUENCE numbers
        """
    private static let rules = ["users": "{key: [id]}", "others": "{key: [id]}"]

    /// A scene whose position marks a transaction that the slot has not been told of.
    private struct Marked {
        let scene: Scene
        let file: String
        let state: String

        init(_ statements: [String], _ server: PostgresServer? = nil, delivery: String = "at-least-once") throws {
            scene = try Scene(
                MarkTests.schema, rules: MarkTests.rules, publishing: "FOR TABLE users, others, unmapped",
                on: MockKafka(), server: server)
            state = UniqueName.next("state")
            let relay = try TCPRelay(to: scene.server.port)
            defer { relay.close() }
            file = scene.configuration(kafka: ["stateTopic: \(state)", "delivery: \(delivery)"])
            let daemon = try scene.run(file.replacing("port: \(scene.server.port)", with: "port: \(relay.port)"))
            relay.loseQuestions()
            let confirmed = try scene.confirmedFlush()
            let session = try scene.session()
            let begin = try #require(try session.value("SELECT pg_current_wal_insert_lsn()"))
            for statement in statements { try session.execute(statement) }
            try MarkTests.waitForMark(scene, state, beyond: begin)
            try daemon.kill9()
            #expect(try scene.confirmedFlush() == confirmed, "the test was set up wrongly")
        }
    }

    /// Waits until the state topic has a position whose mark was committed beyond `lsn`.
    private static func waitForMark(_ scene: Scene, _ state: String, beyond lsn: String) throws {
        let positions = try RecordConsumer(scene.cluster.bootstrapServers, topics: [state])
        let sql = try scene.session()
        try eventually(within: limit, "a position's mark") {
            _ = try positions.recordsToEnd()
            guard let mark = positions.all.last?.valueText?.firstMatch(of: /"commit":"([0-9A-F\/]+)"/) else {
                return false
            }
            return try sql.value("SELECT '\(mark.1)'::pg_lsn >= '\(lsn)'") == "t"
        }
    }

    /// Expects that the pipeline goes on, that validate says so, and that no record comes twice.
    private func expectGoingOn(_ marked: Marked, users: [String]) throws -> String {
        let (scene, file) = (marked.scene, marked.file)
        let validated = try scene.command(["validate", "--online"], file)
        #expect(!validated.errors.contains("history"), "\(validated)")
        let daemon = try scene.run(file)
        let sql = try scene.session()
        try sql.execute("ALTER PUBLICATION \(scene.publication) SET (publish = 'insert, update, delete')")
        try sql.execute("INSERT INTO others VALUES (1)")
        #expect(try scene.consumer("others").records(count: 1, within: Self.limit).map(\.keyText) == ["1"])
        try scene.waitUntilConfirmed(try #require(try sql.value("SELECT pg_current_wal_insert_lsn()")))
        #expect(try scene.consumer("users").recordsToEnd().compactMap(\.keyText) == users)
        expectCleanStop(daemon, within: Self.limit)
        return daemon.log.text
    }

    @Test(
        "What is done to publication and table after the marked transaction changes nothing of it",
        arguments: [
            "ALTER PUBLICATION cdc_publication DROP TABLE users",
            "ALTER PUBLICATION cdc_publication SET (publish = 'delete')",
            "ALTER PUBLICATION cdc_publication SET TABLE others",
            "DROP PUBLICATION cdc_publication; CREATE PUBLICATION cdc_publication FOR TABLE others",
            "DROP TABLE users",
            "ALTER TABLE users RENAME TO people",
            "TRUNCATE users",
            "ALTER PUBLICATION cdc_publication SET TABLE users WHERE (id > 100), others",
        ], ["at-least-once", "exactly-once"])
    func whatIsDoneAfterTheMarkedTransactionChangesNothing(change: String, delivery: String) throws {
        if change.contains("WHERE"), try serverVersion() < 150_000 { return }
        let marked = try Marked(["INSERT INTO users VALUES (1, 'a')"], delivery: delivery)
        try marked.scene.session().execute(change)
        _ = try expectGoingOn(marked, users: ["1"])
    }

    private func serverVersion() throws -> Int {
        Int(try PostgresServer.shared.session().value("SHOW server_version_num") ?? "") ?? 0
    }

    @Test(
        "Whatever the marked transaction was, it is known again",
        arguments: [
            ["INSERT INTO unmapped VALUES (1)"],
            ["TRUNCATE users"],
            ["SELECT pg_logical_emit_message(true, 'a', 'b')"],
            ["BEGIN; SAVEPOINT a; INSERT INTO users VALUES (1, 'a'); RELEASE a; SAVEPOINT b", "ROLLBACK TO b; COMMIT"],
            ["BEGIN; INSERT INTO users VALUES (1, 'a'); PREPARE TRANSACTION 'p'", "COMMIT PREPARED 'p'"],
            [
                "SELECT pg_replication_origin_create('o'), pg_replication_origin_session_setup('o')",
                """
                BEGIN; SELECT pg_replication_origin_xact_setup('0/1', '2020-01-01');
                INSERT INTO users VALUES (1, 'a'); COMMIT
                """,
            ],
        ])
    func whateverTheMarkedTransactionWasItIsKnownAgain(statements: [String]) throws {
        let server = try PostgresServer(settings: ["max_prepared_transactions": "5"])
        try server.start()
        let marked = try Marked(statements, server)
        let sent = statements.joined().contains("INSERT INTO users")
        _ = try expectGoingOn(marked, users: sent ? ["1"] : [])
    }

    @Test(
        "A transaction that ran while the publication was altered can be sent once and then no more: its WAL is asked")
    func aTransactionThatIsSentNoMoreIsFoundInTheWAL() throws {
        let scene = try Scene(Self.schema, rules: Self.rules, publishing: "FOR TABLE others", on: MockKafka())
        let state = UniqueName.next("state")
        let relay = try TCPRelay(to: scene.server.port)
        defer { relay.close() }
        let file = scene.configuration(kafka: ["stateTopic: \(state)"])
        let first = try scene.run(file.replacing("port: \(scene.server.port)", with: "port: \(relay.port)"))
        let slow = try scene.session()
        try slow.execute("BEGIN; INSERT INTO users VALUES (1, '')")
        try scene.sql.execute("ALTER PUBLICATION \(scene.publication) ADD TABLE users")
        // From now on the walsender takes the table for published, also in transactions of before.
        try scene.sql.execute("INSERT INTO users VALUES (2, '')")
        _ = try scene.consumer("users").records(count: 1, within: Self.limit)
        try scene.waitUntilConfirmed(try scene.currentLSN())
        relay.loseQuestions()
        let begin = try scene.currentLSN()
        try slow.execute("COMMIT")
        try Self.waitForMark(scene, state, beyond: begin)
        try first.kill9()
        let second = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (3, '')")
        let consumer = try scene.consumer("users")
        _ = try consumer.recordsUntil(within: Self.limit) { _ in consumer.all.contains { $0.keyText == "3" } }
        #expect(consumer.all.compactMap(\.keyText) == ["2", "1", "3"])
        #expect(
            second.log.text.contains("the last transaction in Kafka is on this server, which does not send it again"),
            "\(second.log.text)")
        expectCleanStop(second, within: Self.limit)
    }

    @Test("A server set back to a time after the marked transaction, whose WAL is longer by now, skips nothing of it")
    func whatComesWhereOnlyWALHadMovedThePositionIsSent() throws {
        let server = try PostgresServer()
        try server.start()
        let scene = try Scene(on: MockKafka(), server: server)
        let file = scene.configuration()
        let first = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, '')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(first, within: Self.limit)
        try server.stop()
        try server.backUp()
        try server.start()
        let second = try scene.run(file)
        // Nothing of it is for the publication.
        var sql = try scene.session()
        try sql.execute("CREATE UNLOGGED TABLE noise (n int); INSERT INTO noise SELECT generate_series(1, 100)")
        try sql.execute("SELECT pg_switch_wal(); SELECT txid_current()")
        let old = try #require(try sql.value("SELECT pg_current_wal_insert_lsn()"))
        try eventually(within: Self.limit, "the confirmation") {
            try sql.value("SELECT confirmed_flush_lsn >= '\(old)' FROM pg_replication_slots") == "t"
        }
        expectCleanStop(second, within: Self.limit)
        try server.stop()
        try server.restoreBackup()
        try server.start()
        sql = try scene.session()
        try sql.execute("INSERT INTO users SELECT i, '' FROM generate_series(2, 100) i")
        try sql.execute("SELECT pg_switch_wal(); INSERT INTO users VALUES (101, '')")
        #expect(try sql.value("SELECT pg_current_wal_insert_lsn() > '\(old)'") == "t", "the test was set up wrongly")
        let third = try scene.run(file)
        let consumer = try scene.consumer()
        _ = try consumer.recordsUntil(within: Self.limit) { _ in consumer.all.contains { $0.keyText == "101" } }
        #expect(consumer.all.compactMap(\.keyText) == (1...101).map { "\($0)" })
        expectCleanStop(third, within: Self.limit)
    }

    @Test(
        "A position of the release before is read, and completes itself", arguments: ["at-least-once", "exactly-once"])
    func aPositionOfTheReleaseBeforeCompletesItself(delivery: String) throws {
        let scene = try Scene(on: MockKafka())
        let state = UniqueName.next("state")
        let file = scene.configuration(kafka: ["stateTopic: \(state)", "delivery: \(delivery)"])
        let first = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, '')")
        let end = try scene.currentLSN()
        try scene.waitUntilConfirmed(end)
        expectCleanStop(first, within: Self.limit)
        let positions = try RecordConsumer(scene.cluster.bootstrapServers, topics: [state])
        let last = try #require(try positions.recordsToEnd().last)
        #expect(last.valueText?.contains(#""history""#) == true)
        // As it was written before there was a history in it.
        let lsn = try #require(last.valueText?.firstMatch(of: /"lsn":"([0-9A-F\/]+)"/)).1
        let producer = try RecordProducer(
            scene.cluster.bootstrapServers, properties: ["partitioner": "murmur2_random"])
        try producer.send(topic: state, key: try #require(last.keyText), value: #"{"lsn":"\#(lsn)"}"#)
        let second = try scene.run(file)
        _ = try positions.recordsUntil(within: Self.limit, "the timeline") {
            $0.contains { $0.valueText?.hasPrefix(#"{"lsn":"\#(lsn)","history":{"timeline":1"#) == true }
        }
        try scene.sql.execute("INSERT INTO users VALUES (2, '')")
        _ = try positions.recordsUntil(within: Self.limit, "the mark") {
            $0.last?.valueText?.contains(#""mark":{"xid":"#) == true
        }
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(second, within: Self.limit)
        #expect(try scene.consumer().recordsToEnd().map(\.keyText) == ["1", "2"])
    }
}
