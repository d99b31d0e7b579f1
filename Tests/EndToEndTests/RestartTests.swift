import TestSupport
import Testing

/// The daemon's own ends: by SIGTERM, and by kill -9.
@Suite(.serialized) struct RestartTests {
    /// A cluster so slow that a stop always comes in the middle: of 60,000 rows no more than 14,000 fit into what may
    /// be in flight with the least memory.
    private static func slow(partitions: Int = 1) throws -> (MockKafka, Scene, String) {
        let cluster = try MockKafka()
        let scene = try Scene(
            NumberedRows.schema, rules: NumberedRows.rules, on: cluster, partitions: partitions)
        try cluster.setRoundTripTime(milliseconds: 50)
        let file = scene.configuration(
            kafka: ["producerBatchSize: 500", "properties: {batch.num.messages: 300}"], top: ["memoryLimit: 8MiB"])
        return (cluster, scene, file)
    }

    @Test("Failure mode 13: a stop among many small transactions repeats nothing and loses nothing")
    func aStopAmongSmallTransactionsRepeatsNothing() throws {
        let (cluster, scene, file) = try Self.slow()
        let count = 60_000
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: count, inTransactionsOf: 3))
        let consumer = try scene.consumer()
        for threshold in [3000, 7000] {
            let daemon = try scene.run(file)
            _ = try consumer.recordsUntil { $0.count >= threshold }
            expectCleanStop(daemon)
            #expect(try consumer.recordsToEnd().count < count / 2, "the stop came after everything was delivered")
        }
        try cluster.setRoundTripTime(milliseconds: 0)
        let daemon = try scene.run(file)
        _ = try consumer.recordsUntil { _ in consumer.all.count >= count }
        expectCleanStop(daemon)
        _ = try consumer.recordsToEnd()
        NumberedRows.expectExactly(consumer.all, count: count)
    }

    @Test("Failure mode 13: a stop inside a large transaction finishes it and repeats nothing")
    func aStopInsideALargeTransactionRepeatsNothing() throws {
        let (cluster, scene, file) = try Self.slow()
        let (large, count) = (40_000, 60_000)
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: large))
        try scene.sql.execute(NumberedRows.insert(after: large, upTo: count, inTransactionsOf: 5))
        let consumer = try scene.consumer()
        let daemon = try scene.run(file)
        _ = try consumer.recordsUntil { $0.count >= 3000 }
        expectCleanStop(daemon)
        _ = try consumer.recordsToEnd()
        #expect(consumer.all.count >= large, "the open transaction was not finished")
        #expect(consumer.all.count < count, "the stop came after everything was delivered")
        try cluster.setRoundTripTime(milliseconds: 0)
        let second = try scene.run(file)
        _ = try consumer.recordsUntil { _ in consumer.all.count >= count }
        expectCleanStop(second)
        _ = try consumer.recordsToEnd()
        NumberedRows.expectExactly(consumer.all, count: count)
    }

    @Test("Failure mode 13: an idle daemon with a batch in hand sends it once")
    func aBatchInHandIsSentOnce() throws {
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules)
        // The daemon reports at a quarter of it what it has received.
        try scene.sql.execute("ALTER ROLE \(scene.role) SET wal_sender_timeout = '2s'")
        let file = scene.configuration(kafka: ["producerBatchTickerDuration: 30s"])
        let daemon = try scene.run(file)
        let consumer = try scene.consumer()
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 100, inTransactionsOf: 1))
        // Received, but the batch waits for its ticker.
        try scene.waitUntilReceived(try scene.currentLSN())
        #expect(try consumer.recordsToEnd().isEmpty)
        expectCleanStop(daemon, within: .seconds(20))
        let second = try scene.run(file)
        expectCleanStop(second, within: .seconds(20))
        NumberedRows.expectExactly(try consumer.recordsToEnd(), count: 100)
    }

    @Test(
        "kill -9 in mid-stream, again and again, loses nothing and keeps each key in order", arguments: [UInt64(1), 2])
    func killLosesNothing(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let (cluster, scene, file) = try Self.slow(partitions: 3)
        let count = 60_000
        var written = 0
        while written < count {
            let end = min(written + Int.random(in: 1...2000, using: &random), count)
            try scene.sql.execute(NumberedRows.insert(after: written, upTo: end))
            written = end
        }
        let consumer = try scene.consumer()
        for _ in 0..<4 {
            let daemon = try scene.run(file)
            let threshold = Int.random(in: 500...5000, using: &random)
            _ = try consumer.recordsUntil { $0.count >= threshold }
            try daemon.kill9()
        }
        #expect(try !scene.hasConfirmed(scene.currentLSN()), "the last kill came after everything was delivered")
        try cluster.setRoundTripTime(milliseconds: 0)
        let daemon = try scene.run(file)
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
        _ = try consumer.recordsToEnd()
        NumberedRows.expectComplete(consumer.all, count: count)
        #expect(consumer.all.count < 2 * count, "far more was repeated than what was in flight")
    }
}
