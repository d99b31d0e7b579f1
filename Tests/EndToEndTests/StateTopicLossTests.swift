import TestSupport
import Testing

/// The state topic is taken away, or is one that forgets.
@Suite(.serialized, .enabled(if: KafkaKind.broker.isAvailable)) struct StateTopicLossTests {
    private static let limit = Duration.seconds(60)

    @Test(
        "A state topic that is deleted while the daemon runs ends it with advice of its own, and the next start goes on",
        arguments: ["at-least-once", "exactly-once"])
    func aDeletedStateTopicIsNamed(delivery: String) throws {
        // Brokers that create topics would have it back before anybody notices.
        let broker = try KafkaBroker(settings: ["auto.create.topics.enable": "false"])
        try broker.start()
        let scene = try Scene(on: broker)
        // The client finds out soon, and gives a topic that it does not find less time to come back than half a minute.
        let soon = ["metadataTTL: 1s", "properties: {topic.metadata.propagation.max.ms: 1000}"]
        let file = scene.configuration(kafka: ["delivery: \(delivery)", "stateTopic: positions"] + soon)
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        try TopicAdmin(broker.bootstrapServers).delete("positions")
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b')")
        #expect(try daemon.waitForExit(within: Self.limit) == .exited(69), "\(daemon.log.text)")
        let last = try #require(daemon.log.lines.last { $0.contains("level=error") })
        #expect(last.contains(#"topic \"positions\""#) && last.contains("kafka.stateTopic"), "\(last)")
        #expect(!last.contains("more partitions"), "\(last)")
        let second = try scene.run(file)
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        expectCleanStop(second, within: Self.limit)
        #expect(Set(try scene.consumer().recordsToEnd(within: Self.limit).map(\.keyText)) == ["1", "2"])
    }

    @Test(
        "A state topic that forgets is told of at the start, and ends nothing",
        arguments: [("delete", "it is not compacted"), ("compact,delete", "its cleanup.policy holds delete")])
    func aStateTopicThatForgetsIsToldOf(policy: String, reason: String) throws {
        let scene = try Scene(on: KafkaKind.broker.shared())
        let state = UniqueName.next("state")
        try scene.cluster.createTopic(state, partitions: 1, config: ["cleanup.policy": policy])
        let daemon = try scene.run(scene.configuration(kafka: ["stateTopic: \(state)"]))
        let line = try daemon.waitForLog(containing: "does not keep positions: \(reason)", within: Self.limit)
        #expect(line.contains("level=warn") && line.contains("--add-config cleanup.policy=compact"), "\(line)")
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        #expect(try scene.consumer().records(count: 1, within: Self.limit).map(\.keyText) == ["1"])
        expectCleanStop(daemon, within: Self.limit)
    }

    @Test func aStateTopicThatTheDaemonHasMadeIsNotWarnedOf() throws {
        let scene = try Scene(on: KafkaKind.broker.shared())
        let file = scene.configuration(kafka: ["stateTopic: \(UniqueName.next("state"))"])
        for _ in 0..<2 {
            let daemon = try scene.run(file)
            try scene.sql.execute("SELECT pg_logical_emit_message(false, 'x', '')")
            try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
            expectCleanStop(daemon, within: Self.limit)
            #expect(!daemon.log.text.contains("does not keep positions"), "\(daemon.log.text)")
        }
    }
}
