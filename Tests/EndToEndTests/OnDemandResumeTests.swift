import Glibc
import LinuxSupport
import TestSupport
import Testing

/// A requested snapshot that is killed and goes on. In exactly-once, its rows and what the position says of them stand in the
/// same Kafka transaction: a consumer that reads what is committed has each row once.
@Suite(.serialized, .enabled(if: FailpointExample.areThere && KafkaKind.broker.isAvailable)) struct OnDemandResumeTests
{
    /// A table that nobody changes, with a daemon that ends Kafka transactions as often as it may.
    private func scene(rows: Int) throws -> (Scene, String) {
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text)", rules: ["users": "{operationField: op}"],
            on: KafkaKind.broker.shared(), partitions: 3)
        try scene.sql.execute("GRANT SELECT ON users TO \(scene.role)")
        try scene.dropSlot()
        try scene.sql.execute(
            "INSERT INTO users SELECT n, repeat('x', 200) || n FROM generate_series(1, \(rows)) n; ANALYZE users")
        try scene.createSlot()
        let file = scene.configuration(
            cdc: ["snapshot: {chunkSize: 700, onDemand: anyone}"],
            kafka: [
                "delivery: exactly-once", "stateTopic: \(UniqueName.next("state"))", "producerBatchSize: 100",
                // A chunk has more, so it would be split if it were a transaction of the database.
                "exactlyOnce: {maxTransactionBytes: 64KiB}",
            ])
        return (scene, file)
    }

    private func expectEachRowOnce(_ scene: Scene, rows: Int) throws {
        let keys = try scene.consumer().recordsToEnd().filter { $0.valueText?.contains(#""op":"SNAPSHOT""#) == true }
            .map { $0.keyText ?? "" }
        let repeats = Dictionary(grouping: keys) { $0 }.values.count { $0.count > 1 }
        #expect(repeats == 0, "rows came more than once")
        #expect(Set(keys).count == rows, "rows are missing")
    }

    /// Lets a daemon end what an earlier one has left.
    private func finish(_ scene: Scene, _ file: String, rows: Int) throws {
        let last = try scene.run(file)
        let consumer = try scene.consumer()
        _ = try consumer.recordsUntil(within: .seconds(60), "all rows") { Set($0.map(\.keyText)).count >= rows }
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(last)
        // Whatever is left by now would come here.
        let after = try scene.run(file)
        try scene.sql.execute("SELECT pg_logical_emit_message(true, 'other', '')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(after)
        #expect(!after.log.text.contains("requested snapshot"), "\(after.log.text)")
    }

    @Test("kill -9 at any edge of a chunk, and each row comes once", arguments: 1...2 as ClosedRange<UInt64>)
    func killsRepeatNoRow(seed: UInt64) throws {
        let rows = 4000
        let (scene, file) = try scene(rows: rows)
        var random = SeededRandom(seed: seed &* 6151)
        var edges: [Failpoint] = [
            .beforeProduce, .afterProduce, .beforeReport, .beforeCommit, .afterCommit, .afterCommit,
        ]
        edges.shuffle(using: &random)
        try scene.sql.execute(#"SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', '{"table":"users"}')"#)
        for edge in edges {
            let daemon = try scene.start(file, failpoint: "\(edge):\(Int.random(in: 3...8, using: &random))")
            try eventually(within: .seconds(60), "an end at \(edge)") {
                !daemon.isRunning || daemon.log.text.contains("a requested snapshot is done")
            }
            try daemon.kill9()
        }
        try finish(scene, file, rows: rows)
        try expectEachRowOnce(scene, rows: rows)
    }

    @Test(
        "kill -9 at a commit near the end of a request, and each row comes once",
        arguments: [Failpoint.beforeCommit, .afterCommit], 2...5)
    func killsAtTheEndRepeatNoRow(edge: Failpoint, count: Int) throws {
        let (scene, file) = try scene(rows: 50)
        let daemon = try scene.start(file, failpoint: "\(edge):\(count)")
        try scene.sql.execute(#"SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', '{"table":"users"}')"#)
        let deadline = Deadline(in: .seconds(60))
        while daemon.isRunning, !deadline.isPast, !daemon.log.text.contains("a requested snapshot is done") {
            usleep(10_000)
        }
        // Commits go on with the stream.
        while daemon.isRunning, !deadline.isPast {
            try scene.sql.execute("SELECT pg_logical_emit_message(true, 'other', '')")
            usleep(50_000)
        }
        #expect(!daemon.isRunning)
        try finish(scene, file, rows: 50)
        try expectEachRowOnce(scene, rows: 50)
    }
}
