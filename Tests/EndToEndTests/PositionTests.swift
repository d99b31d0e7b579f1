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

    /// The gap that the log names, in bytes.
    private func expectGap(
        _ scene: Scene, _ log: String, from position: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let gap = try #require(
            log.firstMatch(of: /committed from ([0-9A-F\/]+) to ([0-9A-F\/]+) \(([0-9]+) bytes of WAL\) is not sent/),
            "\(log)", sourceLocation: sourceLocation)
        // The position may be newer than what the slot was told of it.
        #expect(
            try scene.sql.value(
                "SELECT '\(gap.1)'::pg_lsn >= '\(position)' AND '\(gap.2)'::pg_lsn - '\(gap.1)' = \(gap.3)") == "t",
            "\(log)", sourceLocation: sourceLocation)
        #expect(
            log.contains("onGap: accept, which goes on behind the gap but creates no slot"), "\(log)",
            sourceLocation: sourceLocation)
    }

    @Test(
        "Failure mode 11: a missing slot stops the daemon, with the gap since our position named",
        arguments: KafkaKind.available)
    func aMissingSlotNamesTheGap(kind: KafkaKind) throws {
        let scene = try Scene(on: kind.shared())
        let file = file(scene, UniqueName.next("state"))
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        let position = try scene.currentLSN()
        try scene.waitUntilConfirmed(position)
        expectCleanStop(daemon)
        try scene.dropSlot()
        try scene.sql.execute("INSERT INTO users VALUES (2, 'lost')")
        let (status, log) = try scene.runToEnd(file)
        #expect(status == .exited(69), "\(log)")
        try expectGap(scene, log, from: position)
    }

    @Test("Failure mode 11: a slot that is dropped while the connection is lost stops the daemon, with the gap named")
    func aSlotDroppedBetweenConnectionsNamesTheGap() throws {
        let scene = try Scene()
        let relay = try TCPRelay(to: scene.server.port)
        let daemon = try scene.run(
            file(scene, UniqueName.next("state")).replacing("port: \(scene.server.port)", with: "port: \(relay.port)"))
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        let position = try scene.currentLSN()
        try scene.waitUntilConfirmed(position)
        relay.stall()
        try scene.sql.execute("SELECT pg_terminate_backend(\(try #require(try scene.senderPID())))")
        try scene.dropSlot()
        try scene.sql.execute("INSERT INTO users VALUES (2, 'lost')")
        relay.cut()
        #expect(try daemon.waitForExit(within: .seconds(60)) == .exited(69))
        try expectGap(scene, daemon.log.text, from: position)
        relay.close()
    }

    @Test func whileKafkaIsAwayAMissingSlotIsNamedWithoutAGap() throws {
        let cluster = try MockKafka()
        let scene = try Scene(on: cluster)
        try scene.dropSlot()
        try cluster.takeDown()
        let (status, log) = try scene.runToEnd(file(scene, UniqueName.next("state")))
        #expect(status == .exited(69), "\(log)")
        #expect(log.contains("does not exist") && !log.contains("bytes of WAL"), "\(log)")
    }

    @Test("Failure mode 11: a slot that has lost WAL stops the daemon, with the gap since our position named")
    func aLostSlotNamesTheGap() throws {
        let server = try PostgresServer(
            settings: ["max_slot_wal_keep_size": "1MB", "min_wal_size": "32MB", "max_wal_size": "32MB"])
        try server.start()
        let scene = try Scene(server: server)
        let file = file(scene, UniqueName.next("state"))
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        let position = try scene.currentLSN()
        try scene.waitUntilConfirmed(position)
        expectCleanStop(daemon)
        try eventually(within: .seconds(20), "the slot's loss") {
            try scene.sql.execute(
                "INSERT INTO users SELECT i, repeat('x', 500) FROM generate_series(2, 30000) i; TRUNCATE users")
            try scene.sql.execute("SELECT pg_switch_wal(); CHECKPOINT")
            return try scene.sql.value("SELECT wal_status FROM pg_replication_slots") == "lost"
        }
        let (status, log) = try scene.runToEnd(file)
        #expect(status == .exited(69), "\(log)")
        #expect(log.contains("has lost WAL that it needs"), "\(log)")
        try expectGap(scene, log, from: position)
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
        #expect(try daemon.waitForExit(within: .seconds(60)) == .exited(65), "\(daemon.log.text)")
        #expect(daemon.log.text.contains("keeps for itself"))
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

    @Test("Two servers whose databases and slots have the same names share a state topic when the pipelines are named")
    func namedPipelinesOfTwoServersShareAStateTopic() throws {
        let kafka = try MockKafka()
        let first = try Scene(on: kafka)
        let state = UniqueName.next("state")
        let daemon = try first.run(file(first, state))
        try first.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try first.waitUntilConfirmed(try first.currentLSN())
        expectCleanStop(daemon)

        let server = try PostgresServer()
        try server.start()
        let second = try Scene(on: kafka, server: server, namedAs: first)
        let (status, log) = try second.runToEnd(file(second, state))
        #expect(status == .exited(69), "\(log)")
        #expect(log.contains("cdc.pipeline"), "\(log)")
        let named = try second.run(
            file(second, state).replacing("  slot: {", with: "  pipeline: eu\n  slot: {"))
        try second.sql.execute("INSERT INTO users VALUES (2, 'b')")
        try second.waitUntilConfirmed(try second.currentLSN())
        expectCleanStop(named)
    }
}
