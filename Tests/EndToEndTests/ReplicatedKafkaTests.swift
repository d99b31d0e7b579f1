import TestSupport
import Testing

/// Three brokers of which one is away at a time: leaders change, replicas are missing, and nothing else.
@Suite(.serialized, .enabled(if: KafkaKind.broker.isAvailable)) struct ReplicatedKafkaTests {
    private static let limit = Duration.seconds(90)
    private static let cluster = Result { try ReplicatedKafka() }

    /// A pipeline of either delivery, each with a table of its own.
    private struct Pipeline {
        let isExact: Bool
        let scene: Scene
        let state = UniqueName.next("state")
        let daemon: DaemonProcess
        let consumer: RecordConsumer

        init(_ delivery: String, on cluster: ReplicatedKafka) throws {
            isExact = delivery == "exactly-once"
            scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: cluster, partitions: 3)
            daemon = try scene.run(scene.configuration(kafka: ["delivery: \(delivery)", "stateTopic: \(state)"]))
            consumer = try scene.consumer()
        }

        var topic: String { scene.topic("rows") }

        func read(upTo count: Int) throws {
            _ = try consumer.recordsUntil(within: limit, "row \(count)") { _ in consumer.all.count >= count }
        }

        func expectAll(_ count: Int) throws {
            try scene.waitUntilConfirmed(try scene.currentLSN(), within: limit)
            expectCleanStop(daemon, within: limit)
            _ = try consumer.recordsToEnd(within: limit)
            if isExact {
                NumberedRows.expectExactly(consumer.all, count: count)
            } else {
                NumberedRows.expectComplete(consumer.all, count: count)
            }
            #expect(!daemon.log.text.contains("level=error"), "\(daemon.log.text)")
        }
    }

    private func pipelines(_ cluster: ReplicatedKafka) throws -> [Pipeline] {
        try ["at-least-once", "exactly-once"].map { try Pipeline($0, on: cluster) }
    }

    @Test func brokersThatStopOrCrashOneByOneCostNothing() throws {
        let cluster = try Self.cluster.get()
        let pipelines = try pipelines(cluster)
        let writers = pipelines.map { BackgroundWriter(to: $0.scene, pause: 2000) }
        for pipeline in pipelines { try pipeline.read(upTo: 20) }
        // The third one's turn is in the other test.
        for (index, broker) in cluster.brokers.prefix(2).enumerated() {
            try cluster.waitUntilInSync(pipelines.flatMap { [$0.topic, $0.state] }, within: Self.limit)
            if index == 1 { try broker.stop() } else { try broker.kill9() }
            // Its partitions have other leaders by then: what is written meanwhile comes through.
            for (pipeline, writer) in zip(pipelines, writers) { try pipeline.read(upTo: writer.count + 20) }
            try broker.start()
        }
        for (pipeline, writer) in zip(pipelines, writers) { try pipeline.expectAll(try writer.stop()) }
    }

    @Test func whileTooFewReplicasAreInSyncNothingIsDeliveredOrConfirmedAndThenEverything() throws {
        let cluster = try Self.cluster.get()
        let pipelines = try pipelines(cluster)
        let admin = try TopicAdmin(cluster.bootstrapServers)
        for pipeline in pipelines {
            try pipeline.scene.sql.execute(NumberedRows.insert(after: 0, upTo: 100))
            try pipeline.read(upTo: 100)
            try pipeline.scene.waitUntilConfirmed(try pipeline.scene.currentLSN(), within: Self.limit)
            // All three are wanted, of which one is to be away.
            try admin.configure(pipeline.topic, ["min.insync.replicas": "3"])
        }
        try cluster.waitUntilInSync(pipelines.map(\.topic), within: Self.limit)
        try cluster.brokers[2].stop()
        try eventually(within: Self.limit, "a missing replica") {
            try admin.leastInSync(pipelines.map(\.topic)) == 2
        }
        for pipeline in pipelines {
            try pipeline.scene.sql.execute(NumberedRows.insert(after: 100, upTo: 600, inTransactionsOf: 10))
            try pipeline.scene.waitUntilReceived(try pipeline.scene.currentLSN(), within: Self.limit)
        }
        for pipeline in pipelines {
            #expect(throws: HarnessError.self) { _ = try pipeline.consumer.records(count: 1, within: .seconds(1)) }
            #expect(try !pipeline.scene.hasConfirmed(try pipeline.scene.currentLSN()))
        }
        try cluster.brokers[2].start()
        for pipeline in pipelines { try pipeline.expectAll(600) }
    }
}
