import TestSupport
import Testing

/// A Kafka transaction that the brokers end because it takes too long.
@Suite(.enabled(if: KafkaKind.broker.isAvailable)) struct ExpiredTransactionTests {
    private static let limit = Duration.seconds(60)

    @Test func isNotTakenForATakeoverAndIsSentAgain() throws {
        let broker = try KafkaBroker(settings: ["transaction.abort.timed.out.transaction.cleanup.interval.ms": "200"])
        try broker.start()
        let scene = try Scene(
            "CREATE TABLE rows (seq bigint PRIMARY KEY, k int NOT NULL, pad text)",
            rules: ["rows": "{key: [k], filter: k <> 99, columns: {exclude: [pad]}}"], on: broker)
        let relay = try TCPRelay(to: scene.server.port)
        defer { relay.close() }
        let daemon = try scene.run(
            scene.configuration(
                kafka: ["delivery: exactly-once", "exactlyOnce: {transactionTimeout: 1s}"], port: relay.port))
        // The stream stands still in the middle of a database transaction, and with it the Kafka transaction.
        relay.stall(after: 10_000_000)
        try scene.sql.execute(
            """
            INSERT INTO rows SELECT CASE WHEN i % 200 = 0 THEN i / 200 ELSE -i END,
                CASE WHEN i % 200 = 0 THEN i / 200 % 20 ELSE 99 END, repeat('x', 1000)
            FROM generate_series(1, 40000) i
            """)
        try relay.waitUntilStalled(within: Self.limit)
        let topic = scene.topic("rows")
        let uncommitted = try RecordConsumer(
            broker.bootstrapServers, topics: [topic], isolation: .readUncommitted)
        _ = try uncommitted.records(count: 1, within: Self.limit)
        // What stands behind an open transaction is seen only when that has ended.
        let consumer = try scene.consumer()
        try RecordProducer(broker.bootstrapServers).send(topic: topic, key: "other", value: "other")
        _ = try consumer.recordsUntil(within: Self.limit) { _ in consumer.all.contains { $0.keyText == "other" } }
        relay.resume()
        let line = try daemon.waitForLog(containing: "longer than its time-out", within: Self.limit)
        #expect(line.contains("level=warn") && !line.contains("another instance produces"), "\(line)")
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        expectCleanStop(daemon, within: Self.limit)
        _ = try consumer.recordsToEnd(within: Self.limit)
        NumberedRows.expectExactly(consumer.all.filter { $0.keyText != "other" }, count: 200)
    }
}
