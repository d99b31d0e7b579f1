import TestSupport
import Testing

/// A server whose history is another one than the position's, and whose WAL has grown beyond it.
@Suite struct PartedHistoryTests {
    private static let limit = Duration.seconds(60)

    private func accepting(_ file: String) -> String {
        file.replacing("slotActivityCheckerInterval: 500", with: "slotActivityCheckerInterval: 500, onGap: accept")
    }

    /// Inserts rows from `first` on until the WAL is longer than it was.
    private func outgrow(_ lsn: String, _ sql: SQLSession, from first: Int) throws -> Int {
        var next = first
        repeat {
            try sql.execute(
                "INSERT INTO users SELECT i, repeat('y', 100) FROM generate_series(\(next), \(next + 99)) i")
            next += 100
        } while try sql.value("SELECT pg_current_wal_insert_lsn() > '\(lsn)'") != "t"
        return next
    }

    private func stream(_ scene: Scene, _ file: String, _ statement: String) throws {
        let daemon = try scene.run(file)
        let sql = try scene.session()
        try sql.execute(statement)
        let end = try #require(try sql.value("SELECT pg_current_wal_insert_lsn()"))
        try eventually(within: Self.limit, "the confirmation") {
            try sql.value("SELECT confirmed_flush_lsn >= '\(end)' FROM pg_replication_slots") == "t"
        }
        expectCleanStop(daemon, within: Self.limit)
    }

    private func expectAll(_ scene: Scene, _ file: String, from first: Int, upTo last: Int) throws {
        let daemon = try scene.run(accepting(file))
        let consumer = try scene.consumer()
        _ = try consumer.recordsUntil(within: Self.limit) { _ in consumer.all.contains { $0.keyText == "\(last)" } }
        #expect(Set((first...last).map { "\($0)" }).subtracting(consumer.all.compactMap(\.keyText)).isEmpty)
        expectCleanStop(daemon, within: Self.limit)
    }

    @Test(
        "A server restored from a backup whose WAL is longer than the position stops, and accepted skips nothing",
        arguments: ["at-least-once", "exactly-once"])
    func aRestoredServerStops(delivery: String) throws {
        let server = try PostgresServer()
        try server.start()
        let scene = try Scene(on: MockKafka(), server: server)
        let file = scene.configuration(kafka: ["delivery: \(delivery)"])
        try stream(scene, file, "INSERT INTO users VALUES (1, '')")
        try server.stop()
        try server.backUp()
        try server.start()
        try stream(scene, file, "INSERT INTO users SELECT i, repeat('x', 100) FROM generate_series(2, 1000) i")
        let old = try #require(try scene.session().value("SELECT pg_current_wal_insert_lsn()"))
        try server.stop()
        try server.restoreBackup()
        try server.start()
        let end = try outgrow(old, try scene.session(), from: 5000)
        let validated = try scene.command(["validate", "--online"], file)
        #expect(validated.status == .exited(69), "\(validated)")
        #expect(validated.errors.contains("the last transaction in Kafka is not on this server"), "\(validated)")
        let (status, log) = try scene.runToEnd(file)
        #expect(status == .exited(69), "\(log)")
        #expect(log.contains("the last transaction in Kafka is not on this server"), "\(log)")
        try expectAll(scene, file, from: 5000, upTo: end - 1)
    }

    @Test func aStandbyThatLaggedWhenItWasPromotedStopsAndAcceptedStreamsWhatItHas() throws {
        let server = try PostgresServer()
        try server.start()
        let scene = try Scene(on: MockKafka(), server: server)
        let file = scene.configuration()
        let standby = try PostgresServer(standbyOf: server)
        try stream(scene, file, "INSERT INTO users SELECT i, repeat('x', 100) FROM generate_series(2, 20000) i")
        let old = try #require(try scene.session().value("SELECT pg_current_wal_insert_lsn()"))
        try server.stop()
        try standby.start()
        let sql = try standby.session(database: scene.database)
        try sql.execute("SELECT pg_promote()")
        try sql.execute("SELECT pg_create_logical_replication_slot('\(scene.slot)', 'pgoutput')")
        let end = try outgrow(old, sql, from: 50000)
        let promoted = file.replacing("port: \(server.port)", with: "port: \(standby.port)")
        let validated = try scene.command(["validate", "--online"], promoted)
        #expect(validated.status == .exited(69), "\(validated)")
        #expect(validated.errors.contains("the server's history parted from that of Kafka at"), "\(validated)")
        let (status, log) = try scene.runToEnd(promoted)
        #expect(status == .exited(69), "\(log)")
        #expect(log.contains("the server's history parted from that of Kafka at"), "\(log)")
        try expectAll(scene, promoted, from: 50000, upTo: end - 1)
        // The old primary comes back.
        try server.start()
        let oldValidated = try scene.command(["validate", "--online"], accepting(file))
        #expect(oldValidated.status == .exited(69), "\(oldValidated)")
        #expect(oldValidated.errors.contains("an old primary that came back"), "\(oldValidated)")
        let (oldStatus, oldLog) = try scene.runToEnd(accepting(file))
        #expect(oldStatus == .exited(69), "\(oldLog)")
        #expect(oldLog.contains("an old primary that came back"), "\(oldLog)")
    }
}
