import TestSupport
import Testing

/// Rows that a broker does not take, by what it says of their topic at this moment: their rule decides, as about rows that
/// cannot become records.
@Suite(.enabled(if: KafkaKind.broker.isAvailable)) struct RefusedRowTests {
    private static let limit = Duration.seconds(60)
    private static let schema = "CREATE TABLE users (id int PRIMARY KEY, name text)"

    private static func scene() throws -> Scene { try Scene(schema, rules: [:], on: KafkaKind.broker.shared()) }

    private static func mapping(_ scene: Scene, _ rule: String) -> String {
        """
          deadLetter: {topic: \(scene.topic("dead"))}
          tables: {public.users: {topic: \(scene.topic()), \(rule)}}
        """
    }

    private static func consumer(_ scene: Scene, _ topic: String = "users") throws -> RecordConsumer {
        try RecordConsumer(scene.cluster.bootstrapServers, topics: [scene.topic(topic)])
    }

    /// What a topic asks for that takes no row which has waited in the WAL.
    private static let impatient = ["message.timestamp.before.max.ms": "1"]

    @Test func aTimeThatTheTopicRefusesStopsWithTheRowsName() throws {
        let scene = try Self.scene()
        try scene.cluster.createTopic(scene.topic(), partitions: 1, config: Self.impatient)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        let (status, log) = try scene.runToEnd(
            scene.configuration(mappingText: Self.mapping(scene, "timestamp: commit")))
        #expect(status == .exited(65), "\(log)")
        #expect(
            log.contains("change of table public.users at ") && log.contains("message.timestamp.before.max.ms"),
            "\(log)")
    }

    @Test(arguments: ["at-least-once", "exactly-once"])
    func aTimeThatTheTopicRefusesGoesToTheDeadLetterTopic(delivery: String) throws {
        let scene = try Self.scene()
        try scene.cluster.createTopic(scene.topic(), partitions: 1, config: Self.impatient)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        let daemon = try scene.run(
            scene.configuration(
                mappingText: Self.mapping(scene, "timestamp: commit, onError: deadLetter"),
                kafka: ["delivery: \(delivery)", "stateTopic: \(UniqueName.next("state"))"]))
        let letter = try Self.consumer(scene, "dead").records(count: 1)[0]
        #expect(letter.keyText == "1" && letter.header("pqcdc.reason")?.contains("ms back") == true, "\(letter.text)")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
    }

    @Test func aCompactedTopicGoesOnWithoutARowThatHasNoKey() throws {
        let scene = try Self.scene()
        try scene.cluster.createTopic(scene.topic(), partitions: 1, config: ["cleanup.policy": "compact"])
        try scene.sql.execute("CREATE TABLE logs (line text)")
        let daemon = try scene.run(
            scene.configuration(
                mappingText: """
                      tables: {public.users: {topic: \(scene.topic())}, \
                    public.logs: {topic: \(scene.topic()), onError: skip}}
                    """))
        try scene.sql.execute("INSERT INTO logs VALUES ('x'); INSERT INTO users VALUES (1, 'a')")
        #expect(try Self.consumer(scene).records(count: 1).map(\.keyText) == ["1"])
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
        #expect(daemon.log.text.contains("the topic is compacted, and the record has no key"), "\(daemon.log.text)")
    }

    @Test("A row that only the topic's limit refuses stops with its table, its place, its size and the limit")
    func anOversizeRowIsNamed() throws {
        let scene = try Self.scene()
        try scene.cluster.createTopic(scene.topic(), partitions: 1, config: ["max.message.bytes": "20000"])
        let daemon = try scene.run(
            scene.configuration(
                mappingText: Self.mapping(scene, "key: [id]"), kafka: ["properties: {batch.size: 10000}"]))
        try scene.sql.execute("INSERT INTO users VALUES (1, repeat('x', 50000))")
        #expect(try daemon.waitForExit(within: Self.limit) == .exited(65), "\(daemon.log.text)")
        let last = daemon.log.lines.last { $0.contains("exit=65") } ?? ""
        #expect(last.contains("change of table public.users at ") && last.contains("takes 20000 at most"), "\(last)")
        #expect(last.contains("has 500") && last.contains("onOversize"), "\(last)")
    }

    @Test func aLimitThatIsRaisedWhileTheDaemonRunsHolds() throws {
        let scene = try Self.scene()
        try scene.cluster.createTopic(scene.topic(), partitions: 1, config: ["max.message.bytes": "20000"])
        let daemon = try scene.run(
            scene.configuration(
                mappingText: Self.mapping(scene, "onOversize: skip"), kafka: ["properties: {batch.size: 10000}"]))
        let consumer = try Self.consumer(scene)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        _ = try consumer.records(count: 1)
        try TopicAdmin(scene.cluster.bootstrapServers).configure(scene.topic(), ["max.message.bytes": "900000"])
        try scene.sql.execute("INSERT INTO users VALUES (2, repeat('x', 50000))")
        #expect(try consumer.records(count: 1).last?.keyText == "2")
        expectCleanStop(daemon)
    }

    @Test("A partition that is added while the daemon streams is used at once", arguments: ["stop", "skip"])
    func aPartitionThatIsAddedIsUsedAtOnce(onError: String) throws {
        let scene = try Self.scene()
        try scene.cluster.createTopic(scene.topic(), partitions: 1, config: [:])
        let daemon = try scene.run(
            scene.configuration(
                mappingText: Self.mapping(scene, "partition: {number: id}, onError: \(onError)")))
        let consumer = try Self.consumer(scene)
        try scene.sql.execute("INSERT INTO users VALUES (0, 'a')")
        _ = try consumer.records(count: 1)
        try scene.waitUntilConfirmed(try scene.currentLSN())
        try TopicAdmin(scene.cluster.bootstrapServers).extend(scene.topic(), toPartitions: 3)
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        let all = try Self.consumer(scene).records(count: 2)
        #expect(Set(all.map(\.keyText)) == ["0", "2"])
        expectCleanStop(daemon)
    }

    @Test("A partition that the topic does not have is the row's failure from the first record on")
    func aPartitionThatDoesNotExistIsTheRowsFailure() throws {
        let scene = try Self.scene()
        try scene.cluster.createTopic(scene.topic(), partitions: 1, config: [:])
        let daemon = try scene.run(
            scene.configuration(mappingText: Self.mapping(scene, "partition: {number: id}, onError: skip")))
        try scene.sql.execute("INSERT INTO users VALUES (7, 'a'), (0, 'b')")
        #expect(try Self.consumer(scene).records(count: 1).map(\.keyText) == ["0"])
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
    }

    @Test func aDeletedTopicThatMayNotBeCreatedEndsWithItsName() throws {
        let scene = try Self.scene()
        try scene.cluster.createTopic(scene.topic(), partitions: 1, config: [:])
        let daemon = try scene.run(
            scene.configuration(
                mappingText: Self.mapping(scene, "key: [id]"),
                kafka: ["allowAutoTopicCreation: false", "stateTopic: none", "metadataTTL: 1s"]
            ).replacing("  deadLetter: {topic: \(scene.topic("dead"))}\n", with: ""))
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        try TopicAdmin(scene.cluster.bootstrapServers).delete(scene.topic())
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b')")
        #expect(try daemon.waitForExit(within: Self.limit) == .exited(69), "\(daemon.log.text)")
        let last = daemon.log.lines.last { $0.contains("exit=69") } ?? ""
        #expect(last.contains("topic \\\"\(scene.topic())\\\" does not exist"), "\(daemon.log.text)")
    }

    @Test func aDeletedTopicThatMayBeCreatedIsCreatedAndGoesOn() throws {
        let scene = try Self.scene()
        try scene.cluster.createTopic(scene.topic(), partitions: 1, config: [:])
        let daemon = try scene.run(
            scene.configuration(
                mappingText: Self.mapping(scene, "key: [id]"), kafka: ["stateTopic: none", "metadataTTL: 1s"]))
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        try TopicAdmin(scene.cluster.bootstrapServers).delete(scene.topic())
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b')")
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        #expect(daemon.isRunning, "\(daemon.log.text)")
        expectCleanStop(daemon)
    }
}
