import TestSupport
import Testing

/// What limits the role's sessions (`statement_timeout` and its like) ends no snapshot.
@Suite(.serialized) struct SnapshotTimeoutTests {
    /// Eight rows a page.
    private static let schema = """
        CREATE TABLE t (id int PRIMARY KEY, v text) WITH (fillfactor = 100);
        ALTER TABLE t ALTER v SET STORAGE PLAIN;
        INSERT INTO t SELECT i, repeat('v', 900) FROM generate_series(1, 240) i
        """

    private func scene(
        _ limits: [String], delivery: FailpointExample.Delivery = .atLeastOnce, publishing: String? = "FOR ALL TABLES"
    ) throws -> Scene {
        let cluster = try (delivery == .exactlyOnce ? KafkaKind.broker : .mock).shared()
        let scene = try Scene(Self.schema, rules: ["t": "{key: [id]}"], publishing: publishing, on: cluster)
        try scene.sql.execute("GRANT SELECT ON t TO \(scene.role)")
        for limit in limits { try scene.sql.execute("ALTER ROLE \(scene.role) SET \(limit)") }
        return scene
    }

    private func file(
        _ scene: Scene, _ snapshot: String, _ delivery: FailpointExample.Delivery = .atLeastOnce, cdc: [String] = []
    ) -> String {
        scene.configuration(
            cdc: ["snapshot: {onDemand: anyone, \(snapshot)}"] + cdc,
            kafka: [
                "delivery: \(delivery.rawValue)", "stateTopic: \(UniqueName.next("state"))", "producerBatchSize: 20",
            ])
    }

    private func keys(_ scene: Scene) throws -> [Int] {
        try scene.consumer().recordsToEnd().compactMap { $0.keyText.flatMap { Int($0) } }.sorted()
    }

    @Test(
        "A chunk that takes longer than statement_timeout is read on, and no row twice",
        arguments: FailpointExample.deliveries)
    func aChunkOfRowsIsReadOn(delivery: FailpointExample.Delivery) throws {
        let scene = try scene(["statement_timeout = '300ms'"], delivery: delivery)
        let (status, log) = try scene.runToEnd(
            file(
                scene,
                "mode: snapshot_only, chunkSize: 100000, parallelism: 1, queryCondition: pg_sleep(0.005) IS NOT NULL",
                delivery))
        #expect(status == .exited(0), "\(log)")
        #expect(log.contains("the rest of the chunk is read by shorter statements"), "\(log)")
        #expect(!log.contains("retry_in"), "\(log)")
        #expect(try keys(scene) == Array(1...240))
    }

    @Test("A chunk without rows that takes longer than statement_timeout is read in smaller parts")
    func aChunkWithoutRowsIsReadInParts() throws {
        let scene = try scene(["statement_timeout = '300ms'"], publishing: nil)
        let (status, log) = try scene.runToEnd(
            file(
                scene,
                "mode: snapshot_only, chunkSize: 100000, parallelism: 1, queryCondition: pg_sleep(0.004) IS NULL OR id > 235"
            ))
        #expect(status == .exited(0), "\(log)")
        #expect(log.contains("the rest of the chunk is read by shorter statements"), "\(log)")
        #expect(!log.contains("retry_in"), "\(log)")
        #expect(try keys(scene) == Array(236...240))
    }

    @Test("A page that takes longer than statement_timeout is named with the setting, and tried again ever more seldom")
    func aPageThatTakesTooLongIsNamed() throws {
        let scene = try scene(["statement_timeout = '60ms'"], publishing: nil)
        let daemon = try scene.start(
            file(scene, "mode: snapshot_only, parallelism: 1, queryCondition: pg_sleep(10) IS NULL"))
        let line = try daemon.waitForLog(containing: "attempt=2")
        #expect(
            line.contains(#"could not read page 0 of the table \"public.t\""#)
                && line.contains("(statement_timeout is 60ms)") && line.contains("ALTER ROLE … SET statement_timeout")
                && line.contains("retry_in=\"0.5 seconds\""), "\(line)")
        try daemon.stop()
        #expect(try keys(scene) == [])
    }

    @Test("Transactions may be idle for as long as the rate wants it")
    func transactionsMayBeIdle() throws {
        let scene = try scene(["idle_in_transaction_session_timeout = '50ms'"])
        let daemon = try scene.start(file(scene, "mode: initial, chunkSize: 60, maxRate: 200kb/s"))
        try daemon.waitForLog(containing: "the snapshot is done")
        // The same on demand, where the stream is waited for between two chunks.
        try scene.sql.execute(
            #"SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', '{"table":"public.t"}')"#)
        try daemon.waitForLog(containing: "a requested snapshot is done")
        expectCleanStop(daemon)
        #expect(!daemon.log.text.contains("terminating connection"), "\(daemon.log.text)")
        #expect(try keys(scene) == (1...240).flatMap { [$0, $0] })
    }

    @Test("lock_timeout does not end the wait for transactions that run when the snapshot is taken")
    func runningTransactionsAreWaitedFor() throws {
        let scene = try scene(["lock_timeout = '100ms'"])
        let writer = try scene.session()
        try writer.execute("BEGIN; INSERT INTO t VALUES (241, 'v')")
        let daemon = try scene.start(file(scene, "mode: initial"))
        try eventually(within: .seconds(60), "a wait that is longer than lock_timeout") {
            try !scene.sql.query(
                """
                SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE usename = '\(scene.role)'
                    AND NOT granted AND waitstart < clock_timestamp() - interval '300ms'
                """
            ).isEmpty
        }
        try writer.execute("COMMIT")
        try daemon.waitForLog(containing: "the snapshot is done")
        expectCleanStop(daemon)
        #expect(!daemon.log.text.contains("retry_in"), "\(daemon.log.text)")
        #expect(try keys(scene) == Array(1...241))
    }

    @Test("transaction_timeout makes several transactions of a snapshot, and ends none")
    func transactionTimeoutIsKept() throws {
        let server = try PostgresServer.shared.session()
        guard try server.value("SHOW server_version_num").flatMap({ Int($0) }) ?? 0 >= 170_000 else {
            return LeftOut.say("transaction_timeout: PostgreSQL 17 or later has it")
        }
        let scene = try scene(["transaction_timeout = '1600ms'"])
        let daemon = try scene.start(file(scene, "mode: initial, chunkSize: 16, maxRate: 100kb/s"))
        try daemon.waitForLog(containing: "the snapshot is done")
        expectCleanStop(daemon)
        let log = daemon.log.text
        #expect(log.contains("have been open for as long as they may"), "\(log)")
        #expect(!log.contains("retry_in"), "\(log)")
        #expect(try Set(keys(scene)) == Set(1...240))
    }

    @Test("A requested snapshot goes on with smaller chunks where statement_timeout ends one")
    func aRequestGoesOnWithSmallerChunks() throws {
        let server = try PostgresServer.shared.session()
        guard try server.value("SHOW server_version_num").flatMap({ Int($0) }) ?? 0 >= 150_000 else {
            return LeftOut.say("row filters: PostgreSQL 15 or later has them")
        }
        // Some milliseconds a row.
        let scene = try scene(
            ["statement_timeout = '300ms'"], publishing: "FOR TABLE t WHERE (md5(repeat(v, 4000)) <> '')")
        let daemon = try scene.run(file(scene, "chunkSize: 100000"))
        try scene.sql.execute(
            #"SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', '{"table":"public.t"}')"#)
        try daemon.waitForLog(containing: "the requested snapshot goes on with smaller chunks")
        try daemon.waitForLog(containing: "a requested snapshot is done")
        expectCleanStop(daemon)
        #expect(try Set(keys(scene)) == Set(1...240))
    }
}
