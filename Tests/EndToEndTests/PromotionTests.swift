import TestSupport
import Testing

/// A standby that has the slot takes over, and its history is the position's: nothing is lost, and nothing comes twice.
@Suite struct PromotionTests {
    private static let limit = Duration.seconds(60)
    static let deliveries = ["at-least-once", "exactly-once"]

    /// A primary with a scene, and a standby that follows it and has its slot.
    struct Pair {
        let primary: PostgresServer
        let standby: PostgresServer
        let scene: Scene

        init(_ schema: String = "CREATE TABLE users (id int PRIMARY KEY, name text)", _ rules: [String: String]? = nil)
            throws
        {
            primary = try PostgresServer()
            try primary.start()
            scene = try Scene(schema, rules: rules ?? ["users": "{key: [id]}"], on: MockKafka(), server: primary)
            try primary.stop()
            standby = try PostgresServer(standbyWithSlotsOf: primary)
            try primary.start()
            try standby.start()
        }

        /// Ends the primary when the standby has all of it, and makes a primary of the standby.
        func takeOver() throws {
            try standby.waitUntilCaughtUp(with: primary)
            try primary.stop()
            try standby.promote()
        }

        /// Inserts users, each in a transaction of its own.
        func insert(_ ids: ClosedRange<Int>, on server: PostgresServer) throws {
            try server.session(database: scene.database).execute(
                """
                DO $$ BEGIN FOR i IN \(ids.lowerBound)..\(ids.upperBound) LOOP
                    INSERT INTO users VALUES (i, repeat('x', 100)); COMMIT;
                END LOOP; END $$
                """)
        }

        func waitUntilConfirmed(on server: PostgresServer) throws {
            let sql = try server.session(database: scene.database)
            let end = try #require(try sql.value("SELECT pg_current_wal_insert_lsn()"))
            try eventually(within: PromotionTests.limit, "the confirmation") {
                try sql.value("SELECT confirmed_flush_lsn >= '\(end)' FROM pg_replication_slots") == "t"
            }
        }
    }

    private func keys(_ scene: Scene, upTo last: Int) throws -> [Int] {
        let consumer = try scene.consumer()
        _ = try consumer.recordsUntil(within: Self.limit) { _ in consumer.all.contains { $0.keyText == "\(last)" } }
        return (consumer.all + (try consumer.recordsToEnd())).compactMap { $0.keyText.flatMap { Int($0) } }
    }

    @Test("A promoted standby is followed from the position on, and the next start knows it", arguments: deliveries)
    func aPromotedStandbyIsFollowed(delivery: String) throws {
        let pair = try Pair()
        let file = pair.scene.configuration(kafka: ["delivery: \(delivery)"])
        let daemon = try pair.scene.run(file)
        try pair.insert(1...50, on: pair.primary)
        try pair.waitUntilConfirmed(on: pair.primary)
        expectCleanStop(daemon, within: Self.limit)
        try pair.takeOver()
        // The standby's slot stands where the copy was made.
        try pair.insert(51...100, on: pair.standby)
        let promoted = file.replacing("port: \(pair.primary.port)", with: "port: \(pair.standby.port)")
        let validated = try pair.scene.command(["validate", "--online"], promoted)
        #expect(validated.status == .exited(0), "\(validated)")
        let second = try pair.scene.run(promoted)
        try second.waitForLog(containing: "the server was promoted, and the kept position lies on its history")
        try pair.waitUntilConfirmed(on: pair.standby)
        expectCleanStop(second, within: Self.limit)
        let third = try pair.scene.run(promoted)
        try pair.insert(101...101, on: pair.standby)
        #expect(try keys(pair.scene, upTo: 101).sorted() == Array(1...101))
        expectCleanStop(third, within: Self.limit)
        #expect(!third.log.text.contains("the server was promoted"), "\(third.log.text)")
    }

    @Test("A promotion while the daemon runs is a reconnect", arguments: deliveries)
    func aPromotionInTheMiddleIsAReconnect(delivery: String) throws {
        let pair = try Pair()
        let relay = try TCPRelay(to: pair.primary.port)
        defer { relay.close() }
        let file = pair.scene.configuration(kafka: ["delivery: \(delivery)"], port: relay.port)
        let daemon = try pair.scene.run(file)
        try pair.insert(1...50, on: pair.primary)
        try pair.waitUntilConfirmed(on: pair.primary)
        relay.lead(to: pair.standby.port)
        try pair.takeOver()
        try pair.insert(51...100, on: pair.standby)
        try daemon.waitForLog(containing: "the server was promoted, and the kept position lies on its history")
        #expect(try keys(pair.scene, upTo: 100).sorted() == Array(1...100))
        try pair.waitUntilConfirmed(on: pair.standby)
        expectCleanStop(daemon, within: Self.limit)
    }

    @Test("A standby that lagged is promoted while the daemon runs", arguments: [false, true])
    func aLaggingStandbyInTheMiddleIsAGap(isAccepted: Bool) throws {
        let pair = try Pair()
        let relay = try TCPRelay(to: pair.primary.port)
        defer { relay.close() }
        var file = pair.scene.configuration(port: relay.port)
        if isAccepted {
            file = file.replacing(
                "slotActivityCheckerInterval: 500", with: "slotActivityCheckerInterval: 500, onGap: accept")
        }
        let daemon = try pair.scene.run(file)
        try pair.insert(1...1, on: pair.primary)
        try pair.waitUntilConfirmed(on: pair.primary)
        try pair.standby.waitUntilCaughtUp(with: pair.primary)
        try pair.standby.stop()
        try pair.insert(2...500, on: pair.primary)
        try pair.waitUntilConfirmed(on: pair.primary)
        relay.stall()
        relay.lead(to: pair.standby.port)
        try pair.primary.stop(.immediate)
        try pair.standby.start()
        try pair.standby.promote()
        // The new history is longer than the old one by the time the daemon comes.
        try pair.insert(1001...2000, on: pair.standby)
        relay.cut()
        if isAccepted {
            let found = try keys(pair.scene, upTo: 2000)
            #expect(Set(1001...2000).subtracting(found).isEmpty)
            #expect(found.count(where: { $0 == 1 }) == 1)
            expectCleanStop(daemon, within: Self.limit)
        } else {
            #expect(try daemon.waitForExit(within: Self.limit) == .exited(69), "\(daemon.log.text)")
        }
        #expect(daemon.log.text.contains("the server's history parted from that of Kafka at"), "\(daemon.log.text)")
    }

    @Test func aStandbyThatIsStreamedFromMayBePromotedMeanwhile() throws {
        let pair = try Pair()
        guard Int(try pair.scene.session().value("SHOW server_version_num") ?? "") ?? 0 >= 160_000 else {
            LeftOut.say("streaming from a standby: this server is older than PostgreSQL 16")
            return
        }
        let file = pair.scene.configuration(port: pair.standby.port)
        let daemon = try pair.scene.run(file)
        try pair.insert(1...10, on: pair.primary)
        try pair.takeOver()
        // The session goes on, in another timeline.
        try pair.insert(11...20, on: pair.standby)
        #expect(try keys(pair.scene, upTo: 20).sorted() == Array(1...20))
        try pair.waitUntilConfirmed(on: pair.standby)
        expectCleanStop(daemon, within: Self.limit)
        #expect(!daemon.log.text.contains("reconnecting"), "the test was set up wrongly: \(daemon.log.text)")
        let second = try pair.scene.run(file)
        try pair.insert(21...21, on: pair.standby)
        #expect(try keys(pair.scene, upTo: 21).sorted() == Array(1...21))
        expectCleanStop(second, within: Self.limit)
    }

    @Test func aSnapshotsPointBeyondTheBranchIsAGapThoughThePositionIsNot() throws {
        let pair = try Pair(
            "\(NumberedRows.schema); INSERT INTO rows SELECT i, 0 FROM generate_series(1, 2000) i",
            ["rows": "{key: [seq]}"])
        try pair.scene.session().execute("GRANT SELECT ON rows TO \(pair.scene.role)")
        try pair.standby.waitUntilCaughtUp(with: pair.primary)
        try pair.standby.stop()
        try pair.scene.session().execute(NumberedRows.insert(after: 2000, upTo: 4000))
        let file = pair.scene.configuration(
            cdc: ["snapshot: {mode: initial, chunkSize: 200, parallelism: 1, maxRate: 10kb/s}"])
        let first = try pair.scene.start(file)
        _ = try pair.scene.consumer().records(count: 1)
        try first.kill9()
        try pair.primary.stop(.immediate)
        try pair.standby.start()
        try pair.standby.promote()
        let sql = try pair.standby.session(database: pair.scene.database)
        // Longer than the old history, so that LSNs alone say nothing.
        try sql.execute("INSERT INTO rows SELECT i, i % 20 FROM generate_series(10001, 15000) i")
        let promoted = file.replacing("port: \(pair.primary.port)", with: "port: \(pair.standby.port)")
        let validated = try pair.scene.command(["validate", "--online"], promoted)
        let (status, log) = try pair.scene.runToEnd(promoted)
        #expect(status == .exited(69) && log.contains("the server's history parted from that of Kafka at"), "\(log)")
        #expect(
            validated.status == status
                && validated.errors.contains("the server's history parted from that of Kafka at"),
            "\(validated)")
        let daemon = try pair.scene.start(
            promoted.replacing("10kb/s", with: "100mb/s").replacing(
                "slotActivityCheckerInterval: 500", with: "slotActivityCheckerInterval: 500, onGap: accept"))
        try daemon.waitForLog(containing: "the snapshot is done", within: Self.limit)
        try sql.execute("INSERT INTO rows VALUES (20001, 1)")
        let consumer = try pair.scene.consumer()
        _ = try consumer.recordsUntil(within: Self.limit) { _ in
            consumer.all.contains { NumberedRows.number($0) == 20001 }
        }
        let wanted = Set(1...2000).union(10001...15000)
        #expect(wanted.subtracting(consumer.all.compactMap(NumberedRows.number)).isEmpty, "rows are missing")
        expectCleanStop(daemon, within: Self.limit)
    }
}
