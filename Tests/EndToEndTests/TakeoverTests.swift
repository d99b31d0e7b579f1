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

    private static let limit = Duration.seconds(60)

    /// Ends the walsender of the instance behind the relay. That instance does not hear of it before the relay is cut,
    /// so it cannot be the one that takes the slot again.
    private func takeSlot(_ scene: Scene, from relay: TCPRelay, for second: DaemonProcess) throws {
        relay.stall()
        try scene.sql.execute("SELECT pg_terminate_backend(\(try #require(try scene.senderPID())))")
        try second.waitForLog(containing: "msg=streaming", within: Self.limit)
    }

    @Test(
        "Failure mode 15: an instance that loses the slot while Kafka is away holds nothing back for later",
        arguments: [KafkaKind.mock, .broker].filter(\.isAvailable))
    func theLoserSendsNothingLater(kind: KafkaKind) throws {
        let (cluster, down, up) = try Self.cluster(kind)
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: cluster)
        let relay = try TCPRelay(to: scene.server.port)
        defer { relay.close() }
        let consumer = try scene.consumer()
        // By itself the client would wait up to ten seconds before it looks for Kafka again.
        let kafka = ["properties: {reconnect.backoff.max.ms: 500}"]
        let first = try scene.run(scene.configuration(kafka: kafka, port: relay.port))
        let second = try scene.run(scene.configuration(kafka: kafka))
        try second.waitForLog(containing: "passive: ", within: Self.limit)
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 1000))
        _ = try consumer.records(count: 1000, within: Self.limit)
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)

        try down()
        try scene.sql.execute(NumberedRows.insert(after: 1000, upTo: 2000, inTransactionsOf: 10))
        try scene.waitUntilReceived(try scene.currentLSN(), within: Self.limit)
        try takeSlot(scene, from: relay, for: second)
        relay.cut()
        // Kafka is still away: it has given up what it held.
        try first.waitForLog(containing: "passive: ", within: Self.limit)
        try up()
        try scene.sql.execute(NumberedRows.insert(after: 2000, upTo: 2500, inTransactionsOf: 10))
        _ = try consumer.recordsUntil(within: Self.limit) { _ in consumer.all.count >= 2500 }
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        expectCleanStop(first, within: Self.limit)
        expectCleanStop(second, within: Self.limit)
        _ = try consumer.recordsToEnd(within: Self.limit)
        // Exactly: nothing of the loser's thousand rows came beside the winner's.
        NumberedRows.expectExactly(consumer.all, count: 2500)
    }

    @Test(
        "Failure mode 15: an instance that is fenced says so once and turns passive",
        .enabled(if: KafkaKind.broker.isAvailable))
    func aFencedInstanceTurnsPassive() throws {
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: KafkaKind.broker.shared())
        let relay = try TCPRelay(to: scene.server.port)
        defer { relay.close() }
        let kafka = ["delivery: exactly-once", "stateTopic: \(UniqueName.next("state"))", "producerBatchSize: 100"]
        // The brokers must not end the first one's transaction before the second one does.
        let slow = ["producerBatchTickerDuration: 12s", "exactlyOnce: {transactionTimeout: 10m}"]
        let first = try scene.run(scene.configuration(kafka: kafka + slow, port: relay.port))
        let second = try scene.run(scene.configuration(kafka: kafka))
        try second.waitForLog(containing: "passive: ", within: Self.limit)
        // One full batch is sent; the rest waits for its ticker, and with it the Kafka transaction.
        let uncommitted = try RecordConsumer(
            scene.cluster.bootstrapServers, topics: [scene.topic("rows")], isolation: .readUncommitted)
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 150))
        _ = try uncommitted.records(count: 100)
        // Asleep, it cannot come to its ticker's end before the other one has taken over, however long that takes.
        first.pause()
        let mark = second.log.count
        try takeSlot(scene, from: relay, for: second)
        try second.waitForLog(containing: "mapped table", from: mark, within: Self.limit)
        first.resume()
        let line = try first.waitForLog(
            containing: "fenced: another instance produces for this slot", within: Self.limit)
        #expect(line.contains("level=warn"), "\(line)")
        relay.cut()
        try first.waitForLog(containing: "passive: ", within: Self.limit)
        try eventually(within: Self.limit, "the status") {
            first.notifications.assignments.last { $0.hasPrefix("STATUS=") }?.hasPrefix("STATUS=passive: ") == true
        }
        #expect(first.log.lines.count { $0.contains("fenced") } == 1, "\(first.log.text)")
        let consumer = try scene.consumer()
        _ = try consumer.records(count: 150, within: Self.limit)
        expectCleanStop(first, within: Self.limit)
        expectCleanStop(second, within: Self.limit)
        _ = try consumer.recordsToEnd(within: Self.limit)
        NumberedRows.expectExactly(consumer.all, count: 150)
    }
}
