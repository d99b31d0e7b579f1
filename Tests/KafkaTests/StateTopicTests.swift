import Kafka
import TestSupport
import Testing

/// Making the topic that positions are kept in, and reading a position back.
@Suite struct StateTopicTests {
    @Test("A missing topic is created compacted, with one partition, and only once", arguments: KafkaKind.real)
    func aMissingTopicIsCreatedCompacted(kind: KafkaKind) throws {
        let scene = try StateTopicScene(kind.shared(), config: nil)
        #expect(try scene.topic.existence(timeout: .seconds(20)) == .missing)
        #expect(try scene.topic.createIfMissing(timeout: .seconds(20)))
        #expect(try !scene.topic.createIfMissing(timeout: .seconds(20)))
        #expect(try scene.topic.existence(timeout: .seconds(20)) == .exists(partitions: 1))
        let inspector = try ClusterInspector(ClientProperties(scene.cluster))
        let configurations = try inspector.configurations(ofTopics: [scene.name], timeout: .seconds(20))
        #expect(try configurations[scene.name]?.get().isCompacted == true)
    }

    @Test("Where there is no admin API, as on the mock cluster, creation is left to the first record")
    func whereThereIsNoAdminAPICreationIsLeftToTheFirstRecord() throws {
        let scene = try StateTopicScene(KafkaKind.mock.shared(), config: nil)
        #expect(try !scene.topic.createIfMissing(timeout: .seconds(20)))
        #expect(try scene.latest("a") == (nil, []))
        let producer = try scene.producer()
        try producer.transaction { try producer.send(scene.name, key: "a", value: "1") }
        #expect(try scene.latest("a").value == "1")
    }

    @Test("A topic that does not exist gives no value and no keys, and is not created", arguments: KafkaKind.real)
    func aTopicThatDoesNotExistGivesNothing(kind: KafkaKind) throws {
        let scene = try StateTopicScene(kind.shared(), config: nil)
        #expect(try scene.latest("a") == (nil, []))
        #expect(try scene.topic.existence(timeout: .seconds(20)) == .missing)
    }

    @Test("An empty topic gives no value and no keys", arguments: KafkaKind.available)
    func anEmptyTopicGivesNothing(kind: KafkaKind) throws {
        #expect(try StateTopicScene(kind.shared()).latest("a") == (nil, []))
    }

    @Test("The newest of 5,000 values of 20 pipelines is each one's own", arguments: KafkaKind.available)
    func theNewestValueIsEachPipelinesOwn(kind: KafkaKind) throws {
        let scene = try StateTopicScene(kind.shared())
        try scene.write((1...5000).map { (key: "pipeline \($0 % 20)", value: "\($0)") })
        for pipeline in [0, 1, 19] {
            let newest = pipeline == 0 ? 5000 : 4980 + pipeline
            #expect(try scene.latest("pipeline \(pipeline)") == ("\(newest)", []))
        }
        #expect(try scene.latest("renamed") == (nil, (0..<20).map { "pipeline \($0)" }.sorted()))
    }

    @Test("A value at the very beginning is found behind 30,000 of others", arguments: KafkaKind.available)
    func aValueAtTheVeryBeginningIsFound(kind: KafkaKind) throws {
        let scene = try StateTopicScene(kind.shared())
        // Several windows: they reach 2,000, 18,000 and 146,000 offsets back.
        try scene.write([("old", "kept")] + (1...30_000).map { (key: "new", value: "\($0)") })
        #expect(try scene.latest("old") == ("kept", []))
        #expect(try scene.latest("new") == ("30000", []))
        #expect(try scene.latest("other") == (nil, ["new", "old"]))
    }

    @Test("A tombstone takes its key away, and an older value does not come back", arguments: KafkaKind.available)
    func aTombstoneTakesItsKeyAway(kind: KafkaKind) throws {
        let scene = try StateTopicScene(kind.shared())
        try scene.write([("a", "1"), ("b", "1"), ("c", "1"), ("a", nil), ("b", nil), ("b", "2")])
        #expect(try scene.latest("a") == (nil, ["b", "c"]))
        #expect(try scene.latest("b") == ("2", []))
        #expect(try scene.latest("d") == (nil, ["b", "c"]))
    }

    @Test("Of partitions the one with the latest record has the newest value", arguments: KafkaKind.available)
    func ofPartitionsTheOneWithTheLatestRecordHasTheNewestValue(kind: KafkaKind) throws {
        let scene = try StateTopicScene(kind.shared(), partitions: 3)
        for (number, partition) in [0, 2, 1].enumerated() {
            try scene.write([("a", "\(number)"), ("only in \(partition)", "x")], partition: Int32(partition))
        }
        #expect(try scene.latest("a") == ("2", []))
        #expect(try scene.latest("b") == (nil, ["a", "only in 0", "only in 1", "only in 2"]))
    }

    @Test("Bytes of keys and values come back as they were, empty ones too", arguments: KafkaKind.available)
    func bytesComeBackAsTheyWere(kind: KafkaKind) throws {
        let scene = try StateTopicScene(kind.shared())
        try scene.write([("\0key\u{7F}é", "\0\n\u{FF}"), ("empty", "")])
        #expect(try scene.latest("\0key\u{7F}é").value == "\0\n\u{FF}")
        #expect(try scene.latest("empty").value == "")
    }

    @Test("A producer's properties do not disturb the reading", arguments: KafkaKind.available)
    func aProducersPropertiesDoNotDisturbTheReading(kind: KafkaKind) throws {
        let scene = try StateTopicScene(kind.shared())
        try scene.write([("a", "1")])
        var properties = ClientProperties(scene.cluster)
        for (name, value) in [
            ("client.id", "pqcdc-kafka"), ("compression.codec", "zstd"), ("partitioner", "murmur2_random"),
            ("transactional.id", "id"), ("message.max.bytes", "100000000"), ("receive.message.max.bytes", "100000512"),
            ("linger.ms", "1000"), ("isolation.level", "read_uncommitted"), ("enable.idempotence", "true"),
        ] {
            properties.set(name, value)
        }
        let topic = StateTopic(properties, name: scene.name)
        #expect(try topic.latest(Array("a".utf8), timeout: .seconds(20)).value == Array("1".utf8))
    }

    @Test("A cluster that does not answer ends the reading within its time-out")
    func aClusterThatDoesNotAnswerEndsTheReading() throws {
        let cluster = try MockKafka(topics: [("t", 1)])
        try cluster.takeDown()
        let topic = StateTopic(ClientProperties(cluster), name: "t")
        let started = ContinuousClock.now
        #expect(throws: KafkaError.self) { try topic.latest([1], timeout: .milliseconds(500)) }
        #expect(throws: KafkaError.self) { try topic.createIfMissing(timeout: .milliseconds(500)) }
        #expect(ContinuousClock.now - started < .seconds(10))
    }
}
