import TestSupport
import Testing

/// Two instances, one slot: what becomes of the one that loses it.
@Suite(.serialized) struct TakeoverTests {
    /// A Kafka of one test's own, that can be taken away.
    private static func cluster(_ kind: KafkaKind) throws -> (
        any KafkaCluster, down: () throws -> Void, up: () throws -> Void
    ) {
        if kind == .mock {
            let mock = try MockKafka()
            return (mock, { try mock.takeDown() }, { try mock.bringUp() })
        }
        let broker = try KafkaBroker()
        try broker.start()
        return (broker, { try broker.kill9() }, { try broker.start() })
    }

    @Test(
        "Failure mode 15: an instance that is fenced says so once and turns passive",
        .enabled(if: KafkaKind.broker.isAvailable))
    func aFencedInstanceTurnsPassive() throws {
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: KafkaKind.broker.shared())
        let relay = try TCPRelay(to: scene.server.port)
        defer { relay.close() }
        let kafka = [
            "delivery: exactly-once", "stateTopic: \(UniqueName.next("state"))", "producerBatchSize: 100",
            "producerBatchTickerDuration: 6s",
        ]
        let first = try scene.run(scene.configuration(kafka: kafka, port: relay.port))
        let second = try scene.run(scene.configuration(kafka: kafka))
        try second.waitForLog(containing: "passive: ")
        // One full batch is sent; the rest waits for its ticker, and with it the Kafka transaction.
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 150))
        let uncommitted = try RecordConsumer(
            scene.cluster.bootstrapServers, topics: [scene.topic("rows")], isolation: .readUncommitted)
        _ = try uncommitted.records(count: 100)
        // The first does not hear that its walsender is gone.
        relay.stall()
        try scene.sql.execute("SELECT pg_terminate_backend(\(try #require(try scene.senderPID())))")
        try second.waitForLog(containing: "msg=streaming")
        let line = try first.waitForLog(containing: "fenced: another instance produces for this slot")
        #expect(line.contains("level=warn"), "\(line)")
        relay.cut()
        try first.waitForLog(containing: "passive: ")
        #expect(first.notifications.assignments.last { $0.hasPrefix("STATUS=") }?.hasPrefix("STATUS=passive: ") == true)
        #expect(first.log.lines.count { $0.contains("fenced") } == 1, "\(first.log.text)")
        let consumer = try scene.consumer()
        _ = try consumer.records(count: 150)
        expectCleanStop(first)
        expectCleanStop(second)
        _ = try consumer.recordsToEnd()
        NumberedRows.expectExactly(consumer.all, count: 150)
    }
}
