import TestSupport
import Testing

/// A server that was restored from a backup while the daemon ran.
@Suite struct SetBackTests {
    private static let limit = Duration.seconds(60)

    @Test func afterAnAcceptedSetBackTheSameProcessStreamsWhatTheServerHasNow() throws {
        let server = try PostgresServer()
        try server.start()
        let scene = try Scene(on: MockKafka(), server: server)
        let file = scene.configuration().replacing(
            "slotActivityCheckerInterval: 500", with: "slotActivityCheckerInterval: 500, onGap: accept")
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, '')")
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        try server.stop()
        try server.backUp()
        try server.start()
        var sql = try scene.session()
        try sql.execute("INSERT INTO users SELECT i, repeat('x', 200) FROM generate_series(2, 3000) i")
        let old = try #require(try sql.value("SELECT pg_current_wal_insert_lsn()"))
        let confirmed = "SELECT confirmed_flush_lsn >= '\(old)' FROM pg_replication_slots"
        try eventually(within: Self.limit, "the confirmation") { try sql.value(confirmed) == "t" }

        try server.stop(.immediate)
        try server.restoreBackup()
        try server.start()
        try daemon.waitForLog(containing: "accepted, as cdc.slot.onGap says", within: Self.limit)
        sql = try scene.session()
        try sql.execute("INSERT INTO users VALUES (5001, '')")
        let consumer = try scene.consumer()
        _ = try consumer.recordsUntil(within: Self.limit) { _ in consumer.all.contains { $0.keyText == "5001" } }
        // Once more by the same process, which has had a later LSN confirmed than this server knows.
        let mark = daemon.log.count
        try sql.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots")
        try daemon.waitForLog(containing: "msg=streaming", from: mark, within: Self.limit)
        try sql.execute("INSERT INTO users VALUES (5002, '')")
        _ = try consumer.recordsUntil(within: Self.limit) { _ in consumer.all.contains { $0.keyText == "5002" } }
        #expect(try sql.value("SELECT pg_current_wal_insert_lsn() < '\(old)'") == "t", "the test was set up wrongly")
        expectCleanStop(daemon, within: Self.limit)
    }

    @Test("A server that was set back behind a snapshot's point, not behind the position, skips nothing silently")
    func aServerSetBackBehindASnapshotsPointIsRefused() throws {
        let server = try PostgresServer()
        try server.start()
        let scene = try Scene(
            "\(NumberedRows.schema); INSERT INTO rows SELECT i, 0 FROM generate_series(1, 2000) i",
            rules: NumberedRows.rules, on: MockKafka(), server: server)
        try scene.sql.execute("GRANT SELECT ON rows TO \(scene.role)")
        try server.stop()
        try server.backUp()
        try server.start()
        try scene.session().execute(NumberedRows.insert(after: 2000, upTo: 4000))
        let file = scene.configuration(
            cdc: ["snapshot: {mode: initial, chunkSize: 200, parallelism: 1, maxRate: 10kb/s}"])
        let first = try scene.start(file)
        _ = try scene.consumer().records(count: 1)
        try first.kill9()

        try server.stop(.immediate)
        try server.restoreBackup()
        try server.start()
        let (status, log) = try scene.runToEnd(file)
        #expect(status == .exited(69), "\(log)")
        #expect(log.contains("where a snapshot in Kafka was taken"), "\(log)")
        let daemon = try scene.start(
            file.replacing("10kb/s", with: "100mb/s").replacing(
                "slotActivityCheckerInterval: 500", with: "slotActivityCheckerInterval: 500, onGap: accept"))
        try daemon.waitForLog(containing: "the snapshot is done", within: Self.limit)
        let sql = try scene.session()
        try sql.execute("INSERT INTO rows VALUES (5001, 1)")
        let consumer = try scene.consumer()
        _ = try consumer.recordsUntil(within: Self.limit) { _ in
            consumer.all.contains { NumberedRows.number($0) == 5001 }
        }
        #expect(Set(1...2000).subtracting(consumer.all.compactMap(NumberedRows.number)).isEmpty, "rows are missing")
        expectCleanStop(daemon, within: Self.limit)
    }
}
