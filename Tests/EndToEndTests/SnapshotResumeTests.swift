import Glibc
import LinuxSupport
import TestSupport
import Testing

/// A snapshot that is killed and begun again, while rows change, move, come and go: in the end the topic, folded by key,
/// is the table.
///
/// With a real broker only: the mock forgets what is more than 5 MB in a partition.
@Suite(.serialized, .enabled(if: FailpointExample.areThere && KafkaKind.broker.isAvailable)) struct SnapshotResumeTests
{
    private static let rows = 2000

    private func scene(_ delivery: FailpointExample.Delivery) throws -> (Scene, String) {
        let scene = try Scene(
            """
            CREATE TABLE docs (id int PRIMARY KEY, n int NOT NULL, big text) WITH (fillfactor = 90);
            ALTER TABLE docs ALTER COLUMN big SET STORAGE EXTERNAL;
            CREATE INDEX ON docs (n);
            INSERT INTO docs SELECT i, i, CASE WHEN i % 2 = 0 THEN repeat(md5(i::text), 80) END
            FROM generate_series(1, \(Self.rows)) i;
            """,
            rules: ["docs": "{key: [id], onDelete: tombstone}"], on: KafkaKind.broker.shared(), partitions: 3)
        try scene.sql.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(scene.role)")
        let file = scene.configuration(
            cdc: ["snapshot: {mode: initial, chunkSize: 150, parallelism: 2, maxRate: 1mb/s}"],
            kafka: [
                "delivery: \(delivery.rawValue)", "stateTopic: \(UniqueName.next("state"))",
                "producerBatchSize: 60",
            ])
        return (scene, file)
    }

    @Test(
        "Failure modes 4 and 6: kill -9 at any edge of a snapshot, with writers beside it; folded by key, it is the table",
        arguments: zip(FailpointExample.deliveries, [1, 2] as [UInt64]))
    func killedSnapshotsAreMadeGood(delivery: FailpointExample.Delivery, seed: UInt64) throws {
        let (scene, file) = try scene(delivery)
        let writer = DocsWriter(to: scene, rows: Self.rows, seed: seed)
        var random = SeededRandom(seed: seed &* 7919)
        var edges: [Failpoint] = [
            .afterChunkRead, .afterSnapshotBatch, .beforeSnapshotProgress, .afterSnapshotProgress, .beforeReport,
        ]
        edges.shuffle(using: &random)
        for edge in edges {
            let daemon = try scene.start(file, failpoint: "\(edge):\(Int.random(in: 1...6, using: &random))")
            try eventually(within: .seconds(60), "an end at \(edge)") {
                !daemon.isRunning || daemon.log.text.contains("the snapshot is done")
            }
            try daemon.kill9()
        }
        for _ in 0..<2 {
            let daemon = try scene.start(file)
            try eventually(within: .seconds(60), "the snapshot's going on") {
                daemon.log.text.contains("with the snapshot") || daemon.log.text.contains("going on behind")
                    || daemon.log.text.contains("taking the snapshot")
            }
            usleep(UInt32.random(in: 0...600_000, using: &random))
            try daemon.kill9()
        }
        let last = try scene.start(file)
        try eventually(within: .seconds(60), "the snapshot's end") {
            try #require(last.isRunning, "\(last.log.text)")
            return try scene.sql.value("SELECT 1") == "1"
                && (last.log.text.contains("the snapshot is done") || !last.log.text.contains("the snapshot"))
        }
        try writer.stop()
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: .seconds(60))
        expectCleanStop(last)
        try scene.expectTopicIsTable("docs")
    }

    @Test("A stop in the middle of a chunk: in exactly-once no row arrives twice")
    func aStopInTheMiddleOfAChunkTakesItBack() throws {
        let (scene, _) = try scene(.exactlyOnce)
        // One chunk, of many batches, which takes seconds.
        let file = scene.configuration(
            cdc: [
                "snapshot: {mode: initial, chunkSize: 100000, parallelism: 1, queryCondition: pg_sleep(0.001) IS NOT NULL}"
            ],
            kafka: [
                "delivery: exactly-once", "stateTopic: \(UniqueName.next("state"))", "producerBatchSize: 60",
            ])
        let first = try scene.start(file)
        let uncommitted = try RecordConsumer(
            scene.cluster.bootstrapServers, topics: [scene.topic("docs")], isolation: .readUncommitted)
        _ = try uncommitted.recordsUntil { $0.count > 100 }
        expectCleanStop(first)
        #expect(!first.log.text.contains("the snapshot is done"))
        #expect(try scene.consumer("docs").recordsToEnd().isEmpty)
        let second = try scene.start(file)
        try second.waitForLog(containing: "the snapshot is done")
        expectCleanStop(second)
        let keys = try scene.consumer("docs").recordsToEnd().compactMap { $0.keyText.flatMap { Int($0) } }
        #expect(keys.sorted() == Array(1...Self.rows))
    }
}
