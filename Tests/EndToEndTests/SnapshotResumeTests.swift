import Foundation
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

    private func expectTable(_ scene: Scene, sourceLocation: SourceLocation = #_sourceLocation) throws {
        var folded: [String: [String: String]] = [:]
        for record in try scene.consumer().recordsToEnd() {
            let key = try #require(record.keyText)
            guard let value = record.value else {
                folded[key] = nil
                continue
            }
            let object = try #require(try JSONSerialization.jsonObject(with: Data(value)) as? [String: Any])
            var row = object.mapValues { "\($0)" }
            if record.header("pqcdc.unchangedToast") != nil { row["big"] = folded[key]?["big"] ?? "lost" }
            folded[key] = row
        }
        let table = try scene.sql.query("SELECT id, n, big FROM docs")
        let expected = Dictionary(uniqueKeysWithValues: table.map { ($0[0]!, $0) })
        let ghosts = folded.values.filter { expected[$0["id"]!] == nil }.count
        let present = Dictionary(uniqueKeysWithValues: folded.values.map { ($0["id"]!, $0) })
        let missing = expected.keys.filter { present[$0] == nil }.sorted()
        let stale = expected.filter { id, row in present[id].map { $0["n"] != row[1] } ?? false }.count
        let toast = expected.filter { id, row in
            present[id].map { ($0["big"] ?? "<null>") != (row[2] ?? "<null>") } ?? false
        }
        #expect(ghosts == 0, "rows that were deleted have come back", sourceLocation: sourceLocation)
        #expect(missing.isEmpty, "rows are missing", sourceLocation: sourceLocation)
        #expect(stale == 0, "rows have old values", sourceLocation: sourceLocation)
        #expect(toast.isEmpty, "\(toast.count) rows have lost large values", sourceLocation: sourceLocation)
        #expect(folded.count == expected.count, sourceLocation: sourceLocation)
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
        try expectTable(scene)
    }
}
