import Kafka
import Synchronization
import TestSupport
import Testing

/// Positions that are written in transactions, as exactly-once delivery does.
@Suite struct StateTopicTransactionTests {
    @Test("An aborted position is as if it had never been", arguments: KafkaKind.real)
    func anAbortedPositionIsAsIfItHadNeverBeen(kind: KafkaKind) throws {
        let scene = try StateTopicScene(kind.shared())
        let producer = try scene.producer()
        try producer.transaction { try producer.send(scene.name, key: "a", value: "1") }
        for value in 2...50 {
            try producer.transaction(commit: false) {
                try producer.send(scene.name, key: "a", value: "\(value)")
                try producer.send(scene.name, key: "never", value: "\(value)")
                try producer.waitForDelivery()
            }
        }
        #expect(try scene.latest("a") == ("1", []))
        #expect(try scene.latest("never") == (nil, ["a"]))
    }

    @Test(
        "Another pipeline's open transaction is waited for, since it hides what comes after", arguments: KafkaKind.real)
    func anotherPipelinesOpenTransactionIsWaitedFor(kind: KafkaKind) throws {
        let scene = try StateTopicScene(kind.shared())
        let (ours, other) = (try scene.producer(), try scene.producer())
        try ours.transaction { try ours.send(scene.name, key: "ours", value: "old") }
        try other.producer.beginTransaction()
        try other.send(scene.name, key: "other", value: "open")
        try other.waitForDelivery()
        try ours.transaction { try ours.send(scene.name, key: "ours", value: "new") }
        // As long as it is open there is no answer, rather than the old one.
        let error = #expect(throws: KafkaError.self) { try scene.latest("ours", within: .seconds(1)) }
        #expect(error?.name == "_TIMED_OUT")

        let found = Mutex<Result<String?, any Error>?>(nil)
        startThread {
            let result = Result { try scene.latest("ours").value }
            found.withLock { $0 = result }
        }
        #expect(found.withLock { $0 == nil })
        try other.producer.commitTransaction(timeout: .seconds(20))
        try eventually(within: .seconds(20), "the reading's end") { found.withLock { $0 != nil } }
        #expect(try found.withLock { try $0?.get() } == "new")
    }

    @Test(
        "A dead pipeline's transaction is waited for until the brokers have aborted it",
        .enabled(if: KafkaKind.broker.isAvailable))
    func aDeadPipelinesTransactionIsWaitedFor() throws {
        let scene = try StateTopicScene(ImpatientBroker.shared())
        let ours = try scene.producer()
        let dead = try TestProducer(scene.cluster, transactionalID: UniqueName.next("id"), timeout: .seconds(1))
        try dead.producer.initTransactions(timeout: .seconds(20))
        try dead.producer.beginTransaction()
        try dead.send(scene.name, key: "dead", value: "open")
        try dead.waitForDelivery()
        try ours.transaction { try ours.send(scene.name, key: "ours", value: "new") }
        #expect(try scene.latest("ours") == ("new", []))
        #expect(try scene.latest("dead") == (nil, ["ours"]))
    }

    @Test("Two pipelines in one topic do not see each other's positions", arguments: KafkaKind.real)
    func twoPipelinesInOneTopicDoNotSeeEachOthers(kind: KafkaKind) throws {
        let scene = try StateTopicScene(kind.shared())
        let (busy, idle) = (try scene.producer(), try scene.producer())
        try idle.transaction { try idle.send(scene.name, key: "idle", value: "1") }
        for value in 1...100 { try busy.transaction { try busy.send(scene.name, key: "busy", value: "\(value)") } }
        try idle.transaction(commit: false) { try idle.send(scene.name, key: "idle", value: "2") }
        #expect(try scene.latest("idle") == ("1", []))
        #expect(try scene.latest("busy") == ("100", []))
    }

    @Test("After compaction the newest values are still found", .enabled(if: KafkaKind.broker.isAvailable))
    func afterCompactionTheNewestValuesAreStillFound() throws {
        let scene = try StateTopicScene(
            ImpatientBroker.shared(),
            config: [
                "cleanup.policy": "compact", "segment.ms": "100", "segment.bytes": "1048576",
                "min.cleanable.dirty.ratio": "0.01", "delete.retention.ms": "0",
            ])
        let producer = try scene.producer()
        try producer.transaction { try producer.send(scene.name, key: "idle", value: "kept") }
        for round in 0..<20 {
            try producer.transaction {
                for value in round * 250 + 1...round * 250 + 250 {
                    try producer.send(scene.name, key: "pipeline \(value % 20)", value: "\(value)")
                }
            }
        }
        // Records of the active segment stay, so something has to follow for the others to go.
        try eventually(within: .seconds(60), "compaction") {
            try producer.transaction { try producer.send(scene.name, key: "busy", value: "x") }
            let reader = try RecordConsumer(scene.cluster.bootstrapServers, topics: [scene.name])
            return try reader.recordsToEnd().count < 1000
        }
        #expect(try scene.latest("idle") == ("kept", []))
        #expect(try scene.latest("pipeline 0") == ("5000", []))
        #expect(try scene.latest("pipeline 19") == ("4999", []))
        #expect(try scene.latest("renamed").others == (["busy", "idle"] + (0..<20).map { "pipeline \($0)" }).sorted())
    }

    @Test("A position outlives its broker's crash", .enabled(if: KafkaKind.broker.isAvailable))
    func aPositionOutlivesItsBrokersCrash() throws {
        let broker = try KafkaBroker()
        try broker.start()
        let scene = try StateTopicScene(broker, config: nil)
        #expect(try scene.topic.createIfMissing(timeout: .seconds(20)))
        let producer = try scene.producer()
        for value in 1...10 { try producer.transaction { try producer.send(scene.name, key: "a", value: "\(value)") } }
        try broker.kill9()
        try broker.start()
        #expect(try scene.latest("a") == ("10", []))
        try producer.transaction { try producer.send(scene.name, key: "a", value: "11") }
        #expect(try scene.latest("a") == ("11", []))
    }
}
