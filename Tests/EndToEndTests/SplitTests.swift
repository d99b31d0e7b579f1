import Glibc
import TestSupport
import Testing

/// Database transactions that take several Kafka transactions, whatever ends their batches.
@Suite(.enabled(if: KafkaKind.broker.isAvailable)) struct SplitTests {
    private static let limit = Duration.seconds(60)

    private func scene(_ schema: String, _ rule: String) throws -> (Scene, state: String) {
        (try Scene(schema, rules: ["rows": rule], on: KafkaKind.broker.shared()), UniqueName.next("state"))
    }

    private func file(_ scene: Scene, _ state: String, _ kafka: [String], port: UInt16? = nil) -> String {
        scene.configuration(kafka: ["delivery: exactly-once", "stateTopic: \(state)"] + kafka, port: port)
    }

    /// The committed positions that name a part of a transaction.
    private func isPartial(_ position: ConsumedRecord) -> Bool { position.valueText?.contains("partial") == true }

    @Test func aSlowTransactionOfWhichAFilterPassesLittleIsSplitInTimeAndGoesOnWhereItWasCut() throws {
        let (scene, state) = try scene(
            "CREATE TABLE rows (seq bigint PRIMARY KEY, k int NOT NULL, pad text)",
            "{key: [k], filter: k <> 99, columns: {exclude: [pad]}}")
        let relay = try TCPRelay(to: scene.server.port)
        defer { relay.close() }
        // A third of it, one second, is the age at which a Kafka transaction is ended.
        let file = file(scene, state, ["exactlyOnce: {transactionTimeout: 3s}"], port: relay.port)
        let daemon = try scene.run(file)
        // 200 of 40,000 rows pass, far from filling a batch; 40 MB are more than all buffers on the way hold.
        relay.stall(after: 10_000_000)
        try scene.sql.execute(
            """
            INSERT INTO rows SELECT CASE WHEN i % 200 = 0 THEN i / 200 ELSE -i END,
                CASE WHEN i % 200 = 0 THEN i / 200 % 20 ELSE 99 END, repeat('x', 1000)
            FROM generate_series(1, 40000) i
            """)
        try relay.waitUntilStalled()
        // What the test is about: the transaction grows older than a second.
        sleep(2)
        relay.resume()
        let positions = try RecordConsumer(scene.cluster.bootstrapServers, topics: [state])
        _ = try positions.recordsUntil(within: Self.limit, "a part's position") { $0.contains(where: isPartial) }
        try daemon.kill9()
        let second = try scene.run(file)
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        expectCleanStop(second, within: Self.limit)
        NumberedRows.expectExactly(try scene.consumer().recordsToEnd(within: Self.limit), count: 200)
    }

    @Test func aTransactionOfWideRowsIsSplitByItsBytes() throws {
        let (scene, state) = try scene(
            "CREATE TABLE rows (seq bigint PRIMARY KEY, k int NOT NULL, pad text)", "{key: [k]}")
        let consumer = try scene.consumer()
        // Batches leave by the ticker, long before they are full.
        let daemon = try scene.run(
            file(scene, state, ["producerBatchBytes: 32MiB", "exactlyOnce: {maxTransactionBytes: 1MiB}"]))
        try scene.sql.execute(
            "INSERT INTO rows SELECT i, i % 20, repeat('x', 20000) FROM generate_series(1, 600) i")
        _ = try consumer.records(count: 600, within: Self.limit)
        expectCleanStop(daemon, within: Self.limit)
        _ = try consumer.recordsToEnd(within: Self.limit)
        NumberedRows.expectExactly(consumer.all, count: 600)
        // 12 MB; a part may be a batch, of up to 4 MiB, larger than the limit.
        let positions = try RecordConsumer(scene.cluster.bootstrapServers, topics: [state]).recordsToEnd()
        #expect(positions.count(where: isPartial) >= 2)
    }
}
