import TestSupport
import Testing

/// A topic of records is deleted, and is back after a while.
@Suite(.enabled(if: KafkaKind.broker.isAvailable)) struct RecreatedTopicTests {
    private static let limit = Duration.seconds(60)

    @Test(arguments: ["at-least-once", "exactly-once"])
    func aTopicThatIsDeletedAndRecreatedGetsWhatWasNotConfirmed(delivery: String) throws {
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: KafkaKind.broker.shared())
        let file = scene.configuration(kafka: [
            "delivery: \(delivery)", "stateTopic: \(UniqueName.next("state"))", "metadataTTL: 1s",
        ])
        let topic = scene.topic("rows")
        let admin = try TopicAdmin(scene.cluster.bootstrapServers)
        var daemon = try scene.run(file)
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 100))
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        try admin.delete(topic)
        try scene.sql.execute(NumberedRows.insert(after: 100, upTo: 1100, inTransactionsOf: 10))
        // The daemon's question may have had the broker make it before us.
        try? admin.create(topic, partitions: 1)
        let lsn = try scene.currentLSN()
        try eventually(within: Self.limit, "the confirmation of what came after the deletion") {
            // Where the client is told first that there is no such topic, that ends the daemon; who manages it starts it.
            if !daemon.isRunning { daemon = try scene.run(file) }
            return try scene.hasConfirmed(lsn)
        }
        try scene.sql.execute(NumberedRows.insert(after: 1100, upTo: 1200))
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        expectCleanStop(daemon, within: Self.limit)
        let numbers = try scene.consumer().recordsToEnd(within: Self.limit).compactMap(NumberedRows.number)
        let missing = Set(101...1200).subtracting(numbers)
        #expect(
            missing.isEmpty, "\(missing.count) rows are missing, from \(missing.min() ?? 0) to \(missing.max() ?? 0)")
        if delivery == "exactly-once" { #expect(numbers.count == Set(numbers).count, "rows arrived twice") }
    }
}
