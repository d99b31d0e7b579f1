import TestSupport
import Testing

/// Requests that a real broker has carried out and whose answer is lost.
@Suite struct IdempotenceTests {
    @Test(
        "Failure mode 14: a request that Kafka carried out and never answered is sent again, and its records stand there once",
        .enabled(if: KafkaKind.broker.isAvailable))
    func aRequestWithoutAnAnswerIsSentAgain() throws {
        let port = try FreePort.next()
        let relay = try TCPRelay(to: port)
        defer { relay.close() }
        let broker = try KafkaBroker(
            port: port, settings: ["advertised.listeners": "PLAINTEXT://127.0.0.1:\(relay.port)"])
        try broker.start()
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: broker)
        let daemon = try scene.run()
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 1))
        try scene.waitUntilConfirmed(try scene.currentLSN())

        relay.loseAnswers()
        try scene.sql.execute(NumberedRows.insert(after: 1, upTo: 4))
        let lost = try scene.currentLSN()
        // Kafka has them, as a connection made later shows; the daemon does not know.
        _ = try scene.consumer().records(count: 4, within: .seconds(60))
        #expect(try !scene.hasConfirmed(lost))
        relay.cut()
        try scene.waitUntilConfirmed(lost)
        expectCleanStop(daemon)
        #expect(try scene.consumer().recordsToEnd().map { NumberedRows.number($0) } == [1, 2, 3, 4])
    }
}
