import LinuxSupport
import Pipeline
import Postgres
import TestSupport
import Testing

@testable import pqcdc_kafka

/// A snapshot beside the stream of a real server: folded by key, the two are the table.
@Suite struct RequestedSnapshotTests {
    @Test(arguments: [
        "CREATE TABLE t (id int PRIMARY KEY, body text) WITH (fillfactor = 50)",
        "CREATE TABLE t (id int PRIMARY KEY, body text); ALTER TABLE t REPLICA IDENTITY FULL",
    ])
    func rowsThatChangeMeanwhileAreNeitherLostNorStale(_ definition: String) throws {
        let scene = try RequestedSnapshotScene(
            definition + "; INSERT INTO t SELECT n, repeat('x', 200) || n FROM generate_series(1, 3000) n")
        try scene.start(chunkSize: 150)
        var random = SystemRandomNumberGenerator()
        let writer = try PostgresServer.shared.session(database: scene.scene.database.name)
        var statements = 0
        while scene.result == nil {
            let id = Int.random(in: 1...3000, using: &random)
            statements += 1
            try writer.execute(
                [
                    "UPDATE t SET body = body || '+' WHERE id % 97 = \(id % 97)",
                    "DELETE FROM t WHERE id % 500 = \(id % 500)",
                    "INSERT INTO t VALUES (\(id), 'new\(statements)') ON CONFLICT (id) DO UPDATE SET body = EXCLUDED.body",
                    "UPDATE t SET id = id + 100000 + \(statements) * 10000 WHERE id = \(id)",
                ].randomElement(using: &random)!)
            try scene.stream()
        }
        #expect(try scene.result?.get() == true)
        try scene.stream()
        let expected = try scene.table()
        #expect(scene.folded == expected)
        #expect(scene.chunks > 10)
        #expect(expected.count > 2000)
    }

    @Test func largeRowsMakeSmallChunks() throws {
        let scene = try RequestedSnapshotScene(
            "CREATE TABLE t (id int PRIMARY KEY, body text); INSERT INTO t SELECT n, repeat('y', 1000) FROM generate_series(1, 200) n"
        )
        try scene.start(chunkSize: 1_000_000, chunkBytes: 10_000)
        try eventually(within: .seconds(60), "the snapshot") {
            try scene.stream()
            return scene.result != nil
        }
        #expect(try scene.result?.get() == true)
        #expect(Set(scene.folded.keys) == Set((1...200).map(String.init)))
        #expect(scene.chunks >= 10)
        #expect(scene.largest <= 10_000)
    }

    @Test func aPageOfRowsThatAreLargerThanAChunkIsReadInParts() throws {
        let scene = try RequestedSnapshotScene(
            """
            CREATE TABLE t (id int PRIMARY KEY, body text); ALTER TABLE t ALTER COLUMN body SET STORAGE EXTERNAL;
            INSERT INTO t SELECT n, repeat('y', CASE WHEN n % 10 = 0 THEN 30000 ELSE 3000 END) FROM generate_series(1, 100) n;
            ANALYZE t
            """)
        #expect(try scene.scene.tables("t")[0].pages == 1)
        try scene.start(chunkSize: 1000, chunkBytes: 10_000)
        try eventually(within: .seconds(60), "the snapshot") {
            try scene.stream()
            return scene.result != nil
        }
        #expect(try scene.result?.get() == true)
        let expected = try scene.table()
        #expect(scene.folded == expected)
        // Of three rows of 3 kB, or of a single row.
        #expect(scene.chunks >= 40)
        #expect(scene.largest < 31_000)
    }

    @Test func theRateIsKeptAndAStopDoesNotWaitForIt() throws {
        let scene = try RequestedSnapshotScene(
            "CREATE TABLE t (id int PRIMARY KEY, body text); INSERT INTO t SELECT n, repeat('y', 1000) FROM generate_series(1, 1000) n"
        )
        // A chunk of 100 kB is worth a minute and a half.
        try scene.start(chunkSize: 100, chunkBytes: 100_000, maxRate: 1024)
        try eventually(within: .seconds(60), "a chunk") {
            try scene.stream()
            return scene.chunks == 1
        }
        let stopped = ContinuousClock.now
        scene.exchange.stop()
        scene.wakeup.signal()
        try eventually(within: .seconds(60), "the end of the thread") { scene.result != nil }
        #expect(stopped.duration(to: .now) < .seconds(30))
        try scene.stream()
        #expect(scene.chunks == 1)
        #expect(try scene.result?.get() == false)
    }

    @Test func aTableThatIsRewrittenMeanwhileIsRefused() throws {
        let scene = try RequestedSnapshotScene(
            "CREATE TABLE t (id int PRIMARY KEY, body text); INSERT INTO t SELECT n, 'z' FROM generate_series(1, 2000) n"
        )
        try scene.start(chunkSize: 100)
        try eventually(within: .seconds(60), "a chunk") {
            try scene.stream()
            return scene.chunks > 0
        }
        try scene.scene.database.sql.execute("VACUUM FULL t")
        try eventually(within: .seconds(60), "the refusal") {
            try scene.stream()
            return scene.result != nil
        }
        let error = #expect(throws: PostgresError.self) { try scene.result?.get() }
        #expect(error?.reason.contains("rewritten") == true)
    }

    @Test func aStopEndsTheThread() throws {
        let scene = try RequestedSnapshotScene(
            "CREATE TABLE t (id int PRIMARY KEY, body text); INSERT INTO t VALUES (1, 'a')")
        try scene.start(chunkSize: 100)
        scene.exchange.stop()
        scene.wakeup.signal()
        try eventually(within: .seconds(60), "the end of the thread") { scene.result != nil }
    }

    @Test(
        arguments: [
            (rows: 8000, estimate: nil, pages: 0, expected: 80),
            (rows: 8000, estimate: 80_000, pages: 1000, expected: 100),
            (rows: 1, estimate: 1_000_000, pages: 10, expected: 1), (rows: 1, estimate: nil, pages: 5, expected: 1),
            (rows: 100_000_000, estimate: 1, pages: 4_000_000, expected: UInt32.max),
        ] as [(rows: Int, estimate: Int?, pages: UInt32, expected: UInt32)])
    func chunksAreAsManyPagesAsTheirRowsTake(_ rows: Int, _ estimate: Int?, _ pages: UInt32, _ expected: UInt32) throws
    {
        var leaf = SnapshotLeaf(try SnapshotScene("CREATE TABLE t (id int PRIMARY KEY)").tables("t")[0])
        leaf.estimatedRows = estimate
        leaf.pages = pages
        #expect(leaf.pages(holding: rows) == expected)
    }
}
