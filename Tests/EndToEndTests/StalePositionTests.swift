import TestSupport
import Testing

/// In at-least-once nobody is fenced, and two instances may know the slot and the position from different moments.
@Suite struct StalePositionTests {
    private static let limit = Duration.seconds(60)

    private func file(_ scene: Scene, _ state: String) -> String {
        scene.configuration(kafka: ["stateTopic: \(state)"])
    }

    @Test("A position that an instance without the slot has written late makes no gap", arguments: KafkaKind.available)
    func aLatePositionMakesNoGap(kind: KafkaKind) throws {
        let scene = try Scene(on: kind.shared())
        let state = UniqueName.next("state")
        for id in 1...2 {
            let daemon = try scene.run(file(scene, state))
            try scene.sql.execute("INSERT INTO users VALUES (\(id), '')")
            try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
            expectCleanStop(daemon, within: Self.limit)
        }
        let positions = try RecordConsumer(scene.cluster.bootstrapServers, topics: [state]).recordsToEnd(
            within: Self.limit)
        let (first, last) = (try #require(positions.first), try #require(positions.last))
        #expect(first.valueText != last.valueText)
        // As the daemon's: the mock cluster gives a topic four partitions.
        let producer = try RecordProducer(
            scene.cluster.bootstrapServers, properties: ["partitioner": "murmur2_random"])
        try producer.send(
            topic: state, key: try #require(first.keyText), value: try #require(first.valueText))
        let daemon = try scene.run(file(scene, state))
        try daemon.waitForLog(containing: "going on behind the kept position", within: Self.limit)
        try scene.sql.execute("INSERT INTO users VALUES (3, '')")
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        expectCleanStop(daemon, within: Self.limit)
        #expect(!daemon.log.text.contains("do not fit together"), "\(daemon.log.text)")
        #expect(try scene.consumer().recordsToEnd(within: Self.limit).map(\.keyText) == ["1", "2", "3"])
    }

    @Test("An instance that lost the slot in its sleep, and then reads where the other one is, turns passive")
    func anotherInstancesPositionIsNoServerSetBack() throws {
        let cluster = try MockKafka()
        let scene = try Scene(on: cluster)
        let file = file(scene, UniqueName.next("state"))
        expectCleanStop(try scene.run(file), within: Self.limit)
        cluster.pause()
        let first = try scene.run(file)
        first.pause()
        let sender = try #require(try scene.senderPID())
        try scene.sql.execute("SELECT pg_terminate_backend(\(sender))")
        cluster.resume()
        try eventually(within: Self.limit, "the slot's release") { try scene.senderPID() == nil }
        let second = try scene.run(file)
        try scene.sql.execute("INSERT INTO users SELECT i, '' FROM generate_series(1, 1000) i")
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        first.resume()
        try first.waitForLog(containing: "passive: ", within: Self.limit)
        expectCleanStop(first, within: Self.limit)
        expectCleanStop(second, within: Self.limit)
    }
}
