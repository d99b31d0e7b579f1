import TestSupport
import Testing

/// Snapshots that are read in several stretches, each at a consistent point of its own, and with a brake.
@Suite(.serialized) struct SnapshotStretchTests {
    private static let docs = """
        CREATE TABLE docs (id int PRIMARY KEY, n int NOT NULL, big text) WITH (fillfactor = 90);
        ALTER TABLE docs ALTER COLUMN big SET STORAGE EXTERNAL;
        CREATE INDEX ON docs (n);
        INSERT INTO docs SELECT i, i, CASE WHEN i % 10 = 0 THEN repeat(md5(i::text), 80) END
        FROM generate_series(1, 2000) i
        """

    private func scene(
        _ schema: String, rules: [String: String], publishing: String? = "FOR ALL TABLES",
        delivery: FailpointExample.Delivery = .atLeastOnce
    ) throws -> Scene {
        let cluster = try (delivery == .exactlyOnce ? KafkaKind.broker : .mock).shared()
        let scene = try Scene(schema, rules: rules, publishing: publishing, on: cluster, partitions: 2)
        try scene.sql.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(scene.role)")
        return scene
    }

    private func file(
        _ scene: Scene, _ snapshot: String, delivery: FailpointExample.Delivery = .atLeastOnce
    ) -> String {
        scene.configuration(
            cdc: ["snapshot: {\(snapshot)}"],
            kafka: [
                "delivery: \(delivery.rawValue)", "stateTopic: \(UniqueName.next("state"))", "producerBatchSize: 60",
            ])
    }

    @Test(
        "A cap on transactions makes several of them, says why, and what changes in between is made good",
        arguments: FailpointExample.deliveries)
    func aCapOnTransactionsMakesSeveral(delivery: FailpointExample.Delivery) throws {
        let scene = try scene(
            Self.docs, rules: ["docs": "{key: [id], onDelete: tombstone}"], delivery: delivery)
        // 0.8 MB, and the rows that move while they are read.
        let daemon = try scene.start(
            file(
                scene,
                "mode: initial, chunkSize: 100, parallelism: 2, maxRate: 300kb/s, maxTransactionDuration: 1s",
                delivery: delivery))
        let writer = DocsWriter(to: scene, rows: 2000, seed: delivery == .exactlyOnce ? 11 : 12)
        try daemon.waitForLog(containing: "the snapshot is done")
        try writer.stop()
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
        let log = daemon.log.text
        #expect(
            log.contains("have been open for as long as they may") && log.contains("maxTransactionDuration"), "\(log)")
        #expect(log.contains("going on with the snapshot, with another consistent point"), "\(log)")
        try scene.expectTopicIsTable("docs", log: log)
    }

    @Test("maxRate holds for all connections together")
    func theRateHolds() throws {
        let scene = try scene(
            "CREATE TABLE wide (id int PRIMARY KEY, v text); "
                + "INSERT INTO wide SELECT i, repeat('v', 480) FROM generate_series(1, 1000) i",
            rules: ["wide": "{key: [id]}"], publishing: nil)
        let begun = ContinuousClock.now
        let (status, log) = try scene.runToEnd(
            file(scene, "mode: snapshot_only, chunkSize: 50, parallelism: 4, maxRate: 250kb/s"))
        let elapsed = begun.duration(to: .now)
        #expect(status == .exited(0), "\(log)")
        let records = try scene.consumer().recordsToEnd()
        #expect(records.count == 1000)
        let bytes = records.reduce(0) { $0 + ($1.key?.count ?? 0) + ($1.value?.count ?? 0) }
        // The last batch of each connection is sent before it is waited for.
        #expect(elapsed >= .seconds(Double(bytes - 4 * 60 * 500) / 250_000), "\(bytes) bytes in \(elapsed)")
    }

    @Test("Who brakes hears of a stop at once, and goes on later")
    func aStopWhileBrakingIsPrompt() throws {
        let scene = try scene(
            NumberedRows.schema + ";" + NumberedRows.insert(after: 0, upTo: 3000), rules: ["rows": "{key: [seq]}"])
        let slow = scene.configuration(
            cdc: ["snapshot: {mode: initial, chunkSize: 1000, maxRate: 1kb/s}"],
            kafka: ["stateTopic: \(UniqueName.next("state"))"])
        let daemon = try scene.start(slow)
        let consumer = try scene.consumer()
        _ = try consumer.records(count: 500, within: .seconds(60))
        // Its pause takes some 20 s.
        let begun = ContinuousClock.now
        expectCleanStop(daemon)
        #expect(begun.duration(to: .now) < .seconds(10), "\(daemon.log.text)")
        #expect(!daemon.log.text.contains("the snapshot is done"))
        let second = try scene.start(slow.replacing("1kb/s", with: "10mb/s"))
        try second.waitForLog(containing: "the snapshot is done")
        expectCleanStop(second)
        _ = try consumer.recordsToEnd()
        #expect(Set(consumer.all.compactMap(NumberedRows.number)) == Set(1...3000))
    }
}
