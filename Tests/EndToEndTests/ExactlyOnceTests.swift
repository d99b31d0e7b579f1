import Glibc
import TestSupport
import Testing

/// `kafka.delivery: exactly-once`, on a real broker: the mock cluster keeps none of its promises.
@Suite(.serialized, .enabled(if: KafkaKind.broker.isAvailable)) struct ExactlyOnceTests {
    private func scene(_ stateTopic: String) throws -> (Scene, String) {
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: KafkaKind.broker.shared())
        return (scene, configuration(scene, stateTopic))
    }

    private func configuration(_ scene: Scene, _ stateTopic: String, _ more: [String] = []) -> String {
        scene.configuration(kafka: ["delivery: exactly-once", "stateTopic: \(stateTopic)"] + more)
    }

    /// A random number of rows in transactions of random sizes.
    private func write(_ scene: Scene, after last: Int, upTo end: Int, _ random: inout SeededRandom) throws {
        var written = last
        while written < end {
            let next = min(written + Int.random(in: 1...400, using: &random), end)
            try scene.sql.execute(NumberedRows.insert(after: written, upTo: next))
            written = next
        }
    }

    @Test("kill -9 again and again: each row arrives once, transactions whole, in order", arguments: [UInt64(1), 2, 3])
    func killRepeatsNothing(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let (scene, file) = try scene(UniqueName.next("state"))
        let consumer = try scene.consumer()
        var written = 0
        for _ in 0..<6 {
            let daemon = try scene.run(file)
            let goal = written + Int.random(in: 500...3000, using: &random)
            try write(scene, after: written, upTo: goal, &random)
            written = goal
            let threshold = Int.random(in: 0...1000, using: &random)
            _ = try consumer.recordsUntil { _ in consumer.all.count >= min(written - 1000 + threshold, written) }
            try daemon.kill9()
        }
        let daemon = try scene.run(file)
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: .seconds(30))
        expectCleanStop(daemon)
        _ = try consumer.recordsToEnd()
        NumberedRows.expectExactly(consumer.all, count: written)
    }

    @Test func aCleanStopAndAStartRepeatNothing() throws {
        let (scene, file) = try scene(UniqueName.next("state"))
        let consumer = try scene.consumer()
        for round in 0..<3 {
            let daemon = try scene.run(file)
            try scene.sql.execute(NumberedRows.insert(after: round * 100, upTo: round * 100 + 100))
            _ = try consumer.records(count: 100)
            expectCleanStop(daemon)
        }
        #expect(try consumer.recordsToEnd().isEmpty)
        NumberedRows.expectExactly(consumer.all, count: 300)
    }

    @Test func aTransactionIsSeenWholeOrNotAtAll() throws {
        let (scene, file) = try scene(UniqueName.next("state"))
        let daemon = try scene.run(file)
        let consumer = try scene.consumer()
        // Many batches, which a read_uncommitted consumer sees one by one.
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 50_000))
        let uncommitted = try RecordConsumer(
            scene.cluster.bootstrapServers, topics: [scene.topic("rows")], isolation: .readUncommitted)
        _ = try uncommitted.recordsUntil { $0.count > 100 }
        try daemon.kill9()
        let seen = try consumer.recordsToEnd().count
        #expect(seen == 0 || seen == 50_000, "half a transaction is visible: \(seen) rows")
        let second = try scene.run(file)
        _ = try consumer.recordsUntil(within: .seconds(40)) { _ in consumer.all.count >= 50_000 }
        expectCleanStop(second)
        #expect(try consumer.recordsToEnd().isEmpty)
        NumberedRows.expectExactly(consumer.all, count: 50_000)
    }

    @Test func aTransactionLargerThanTheLimitIsSplitAndGoesOnWhereItWasCut() throws {
        let state = UniqueName.next("state")
        let (scene, _) = try scene(state)
        let file = configuration(scene, state, ["exactlyOnce: {maxTransactionBytes: 256KiB}"])
        let consumer = try scene.consumer()
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 60_000))
        try scene.sql.execute(NumberedRows.insert(after: 60_000, upTo: 60_100))
        for threshold in [5000, 20_000, 40_000] {
            let daemon = try scene.run(file)
            _ = try consumer.recordsUntil(within: .seconds(40)) { _ in consumer.all.count >= threshold }
            try daemon.kill9()
        }
        let daemon = try scene.run(file)
        _ = try consumer.recordsUntil(within: .seconds(40)) { _ in consumer.all.count >= 60_100 }
        expectCleanStop(daemon)
        _ = try consumer.recordsToEnd()
        NumberedRows.expectExactly(consumer.all, count: 60_100)
    }

    @Test("Failure mode 15: an instance that lost the slot in its sleep is fenced, and writes nothing more")
    func anInstanceThatLostTheSlotIsFenced() throws {
        let (scene, file) = try scene(UniqueName.next("state"))
        let consumer = try scene.consumer()
        let first = try scene.run(file)
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 1000))
        _ = try consumer.records(count: 1000)
        let second = try scene.run(file)
        try second.waitForLog(containing: "passive: ")
        let sender = try #require(try scene.senderPID())
        // In the middle of a transaction, so that it holds a Kafka transaction open.
        let session = try scene.session()
        try session.execute("BEGIN")
        try session.execute(NumberedRows.insert(after: 1000, upTo: 20_000))
        first.pause()
        try session.execute("COMMIT")
        try scene.sql.execute("SELECT pg_terminate_backend(\(sender))")
        try second.waitForLog(containing: "msg=streaming")
        _ = try consumer.recordsUntil(within: .seconds(40)) { _ in consumer.all.count >= 20_000 }
        first.resume()
        try first.waitForLog(containing: "passive: ")
        try scene.sql.execute(NumberedRows.insert(after: 20_000, upTo: 20_500))
        _ = try consumer.recordsUntil { _ in consumer.all.count >= 20_500 }
        expectCleanStop(first)
        expectCleanStop(second)
        _ = try consumer.recordsToEnd()
        NumberedRows.expectExactly(consumer.all, count: 20_500)
    }

    @Test func aRestartOfPostgreSQLRepeatsNothing() throws {
        let server = try PostgresServer()
        try server.start()
        let scene = try Scene(
            NumberedRows.schema, rules: NumberedRows.rules, on: KafkaKind.broker.shared(), server: server)
        let daemon = try scene.run(configuration(scene, UniqueName.next("state")))
        let writer = BackgroundWriter(to: scene, pause: 500)
        let consumer = try scene.consumer()
        for round in 1...2 {
            _ = try consumer.recordsUntil(within: .seconds(30)) { _ in consumer.all.count >= round * 200 }
            try server.stop(.immediate)
            try server.start()
        }
        _ = try consumer.recordsUntil(within: .seconds(30)) { _ in consumer.all.count >= 600 }
        let count = try writer.stop()
        _ = try consumer.recordsUntil(within: .seconds(30)) { _ in consumer.all.count >= count }
        expectCleanStop(daemon)
        _ = try consumer.recordsToEnd()
        NumberedRows.expectExactly(consumer.all, count: count)
    }

    @Test func aRestartOfTheBrokerRepeatsNothing() throws {
        let broker = try KafkaBroker()
        try broker.start()
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: broker)
        let daemon = try scene.run(configuration(scene, UniqueName.next("state")))
        let writer = BackgroundWriter(to: scene, pause: 500)
        let consumer = try scene.consumer()
        _ = try consumer.recordsUntil(within: .seconds(30)) { _ in consumer.all.count >= 200 }
        try broker.kill9()
        try broker.start()
        _ = try consumer.recordsUntil(within: .seconds(60)) { _ in consumer.all.count >= 600 }
        let count = try writer.stop()
        _ = try consumer.recordsUntil(within: .seconds(60)) { _ in consumer.all.count >= count }
        expectCleanStop(daemon)
        _ = try consumer.recordsToEnd()
        NumberedRows.expectExactly(consumer.all, count: count)
    }

    @Test func twoPipelinesShareTheStateTopic() throws {
        let state = UniqueName.next("state")
        let (one, first) = try scene(state)
        let (two, second) = try scene(state)
        for round in 0..<2 {
            let daemons = [try one.run(first), try two.run(second)]
            for scene in [one, two] {
                try scene.sql.execute(NumberedRows.insert(after: round * 500, upTo: round * 500 + 500))
                try scene.waitUntilConfirmed(try scene.currentLSN())
            }
            for daemon in daemons { try daemon.kill9() }
        }
        for scene in [one, two] { NumberedRows.expectExactly(try scene.consumer().recordsToEnd(), count: 1000) }
    }

    @Test func anIdlePositionIsWrittenBeforeItIsConfirmed() throws {
        let state = UniqueName.next("state")
        let (scene, file) = try scene(state)
        let daemon = try scene.run(file)
        // Nothing of it is published, so only the end of the WAL moves.
        try scene.sql.execute("CREATE TABLE other (id int)")
        let lsn = try scene.currentLSN()
        try scene.waitUntilConfirmed(lsn)
        let confirmed = try scene.confirmedFlush()
        let positions = try RecordConsumer(scene.cluster.bootstrapServers, topics: [state]).recordsToEnd()
        let newest = try #require(positions.last?.valueText)
        let kept = try #require(newest.firstMatch(of: /"lsn":"([0-9A-F\/]+)"/)?.1)
        #expect(try scene.sql.value("SELECT '\(kept)'::pg_lsn >= '\(confirmed)'") == "t", "\(newest), \(confirmed)")
        expectCleanStop(daemon)
    }
}
