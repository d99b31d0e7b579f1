import TestSupport
import Testing

/// A position never goes unexplained: a slot that does not fit what Kafka knows stops the daemon, or is accepted.
@Suite struct PositionTests {
    private func file(_ scene: Scene, _ state: String, onGap: String? = nil) -> String {
        scene.configuration(kafka: ["stateTopic: \(state)"]).replacing(
            "slotActivityCheckerInterval: 500",
            with: "slotActivityCheckerInterval: 500" + (onGap.map { ", onGap: \($0)" } ?? ""))
    }

    /// Streams two rows, drops the slot and makes it again behind a third.
    private func recreateSlot(_ scene: Scene, _ file: String) throws {
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a'), (2, 'b')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
        try scene.dropSlot()
        try scene.sql.execute("INSERT INTO users VALUES (3, 'lost')")
        try scene.createSlot()
    }

    @Test(
        "Failure mode 11: a slot that was recreated stops the daemon, with the gap named",
        arguments: KafkaKind.available)
    func aRecreatedSlotStops(kind: KafkaKind) throws {
        let scene = try Scene(on: kind.shared())
        let file = file(scene, UniqueName.next("state"))
        try recreateSlot(scene, file)
        let before = try scene.confirmedFlush()
        let (status, log) = try scene.runToEnd(file)
        #expect(status == .exited(69), "\(log)")
        #expect(log.contains("bytes of WAL") && log.contains("onGap: accept"), "\(log)")
        #expect(try scene.confirmedFlush() == before)
    }

    @Test func aGapCanBeAccepted() throws {
        let scene = try Scene()
        let state = UniqueName.next("state")
        try recreateSlot(scene, file(scene, state))
        let daemon = try scene.run(file(scene, state, onGap: "accept"))
        try scene.sql.execute("INSERT INTO users VALUES (4, 'd')")
        let keys = try scene.consumer().records(count: 3).map(\.keyText)
        #expect(keys == ["1", "2", "4"])
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
        #expect(daemon.log.text.contains("bytes of WAL"))
        // From then on there is none.
        expectCleanStop(try scene.run(file(scene, state)))
    }

    @Test func aSlotThatIsMerelySlowIsNoGap() throws {
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules)
        let file = file(scene, UniqueName.next("state"))
        for round in 0..<3 {
            let daemon = try scene.run(file)
            try scene.sql.execute(
                NumberedRows.insert(after: round * 1000, upTo: round * 1000 + 1000, inTransactionsOf: 7))
            _ = try scene.consumer().recordsUntil { $0.count >= round * 1000 + 500 }
            try daemon.kill9()
        }
        let daemon = try scene.run(file)
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
        NumberedRows.expectComplete(try scene.consumer().recordsToEnd(), count: 3000)
    }

    @Test func aRowsTopicCannotBeTheStateTopic() throws {
        let scene = try Scene(rules: [:])
        let state = UniqueName.next("state")
        let file = scene.configuration(
            mappingText: "  tables: {public.users: {topic: '{column:name}'}}", kafka: ["stateTopic: \(state)"])
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, '\(state)')")
        #expect(try daemon.waitForExit(within: .seconds(20)) == .exited(78), "\(daemon.log.text)")
        #expect(daemon.log.text.contains("keeps the positions"))
    }

    @Test func withoutAStateTopicARecreatedSlotGoesUnnoticed() throws {
        let scene = try Scene()
        let file = file(scene, "none")
        try recreateSlot(scene, file)
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (4, 'd')")
        #expect(try scene.consumer().records(count: 3).map(\.keyText) == ["1", "2", "4"])
        expectCleanStop(daemon)
    }
}
