import TestSupport
import Testing

/// Changes that cannot become records: they stop the daemon, go to the dead-letter topic or are skipped, as declared.
@Suite struct FailedChangeTests {
    private static let schema = "CREATE TABLE users (id int PRIMARY KEY, at timestamptz, name text)"

    private func mapping(_ scene: Scene, _ rule: String) -> String {
        """
          deadLetter: {topic: \(scene.topic("dead"))}
          tables: {public.users: {topic: \(scene.topic()), \(rule)}}
        """
    }

    private func consumer(_ scene: Scene, _ topic: String) throws -> RecordConsumer {
        try RecordConsumer(scene.cluster.bootstrapServers, topics: [scene.topic(topic)])
    }

    @Test("Failure mode 7: a value without a form stops the daemon, never becomes null and never vanishes")
    func aValueWithoutAFormStops() throws {
        let scene = try Scene(Self.schema, rules: [:])
        let configuration = scene.configuration(mappingText: mapping(scene, "timestamps: epoch-millis"))
        let daemon = try scene.run(configuration)
        try scene.sql.execute("INSERT INTO users VALUES (1, '2026-01-01Z', 'a')")
        let before = try scene.currentLSN()
        try scene.waitUntilConfirmed(before)
        try scene.sql.execute("INSERT INTO users VALUES (2, 'infinity', 'b')")
        #expect(try daemon.waitForExit(within: .seconds(60)) == .exited(65), "\(daemon.log.text)")
        #expect(try consumer(scene, "users").recordsToEnd().map(\.keyText) == ["1"])
        // It is not confirmed either: the next start meets it again.
        #expect(try scene.runToEnd(configuration).status == .exited(65))
    }

    @Test("Failure mode 7: a value without a form can go to the dead-letter topic", arguments: KafkaKind.available)
    func aValueWithoutAFormGoesToTheDeadLetterTopic(kind: KafkaKind) throws {
        let scene = try Scene(Self.schema, rules: [:], on: kind.shared())
        let daemon = try scene.run(
            scene.configuration(
                mappingText: mapping(
                    scene, "timestamps: epoch-millis, onError: deadLetter, columns: {mask: {name: sha256}}")))
        try scene.sql.execute("INSERT INTO users VALUES (1, 'infinity', 'secret'), (2, '2026-01-01Z', 'b')")
        #expect(try consumer(scene, "users").records(count: 1).map(\.keyText) == ["2"])
        let letter = try consumer(scene, "dead").records(count: 1)[0]
        #expect(letter.text == #"- → {"id":"1","at":"infinity"}"#)
        #expect(letter.header("pqcdc.table") == "users" && letter.header("pqcdc.schema") == "public")
        #expect(letter.header("pqcdc.operation") == "INSERT" && letter.header("pqcdc.txOrdinal") == "1")
        #expect(letter.header("pqcdc.lsn")?.contains("/") == true)
        #expect(
            letter.header("pqcdc.reason")
                == "a value of column \"at\" of table public.users has no form in the declared format")
        try scene.waitUntilConfirmed(scene.currentLSN())
        expectCleanStop(daemon)
        #expect(!daemon.log.text.contains("secret") && daemon.log.text.contains("dead-letter"))
    }

    @Test func aSkippedChangeIsCountedAndLogged() throws {
        let scene = try Scene(Self.schema, rules: [:])
        let port = try FreePort.next()
        let daemon = try scene.run(
            scene.configuration(
                mappingText: mapping(scene, "timestamps: epoch-millis, onError: skip"), metricPort: port))
        try scene.sql.execute("INSERT INTO users VALUES (1, 'infinity', 'a'), (2, '-infinity', 'b'), (3, NULL, 'c')")
        #expect(try consumer(scene, "users").records(count: 1).map(\.keyText) == ["3"])
        let metrics = try HTTPGet.answer(port: port, path: "/metrics")
        #expect(
            metrics.contains(#"pqcdc_failed_changes_total{action="skip",schema="public",table="users"} 2"#),
            "\(metrics)")
        expectCleanStop(daemon)
        #expect(daemon.log.lines.contains { $0.contains("skipped changes") && $0.contains("changes=2") })
    }

    @Test func aFailedMessageIsCountedByWhatBecameOfIt() throws {
        let scene = try Scene()
        let topic = try scene.cluster.createTopic(prefix: "messages")
        let port = try FreePort.next()
        let daemon = try scene.run(
            scene.configuration(
                mapping: ["defaults: {onError: skip}", "messages: {app: {topic: \(topic), content: json}}"],
                metricPort: port))
        try scene.sql.execute("SELECT pg_logical_emit_message(true, 'app', m) FROM (VALUES ('{'), ('['), ('{}')) v (m)")
        let consumer = try RecordConsumer(scene.cluster.bootstrapServers, topics: [topic])
        #expect(try consumer.records(count: 1).map(\.valueText) == [#"{"prefix":"app","content":{}}"#])
        let metrics = try HTTPGet.answer(port: port, path: "/metrics")
        #expect(metrics.contains(#"pqcdc_failed_messages_total{action="skip"} 2"#), "\(metrics)")
        #expect(metrics.contains(#"pqcdc_failed_messages_total{action="deadLetter"} 0"#), "\(metrics)")
        expectCleanStop(daemon)
    }

    @Test func aRecordThatTheClientRefusesIsCountedAtOnce() throws {
        let scene = try Scene(Self.schema, rules: [:])
        let port = try FreePort.next()
        let daemon = try scene.run(
            scene.configuration(
                mappingText: mapping(scene, "onOversize: skip"),
                kafka: ["properties: {message.max.bytes: 20000}"], metricPort: port))
        try scene.sql.execute("INSERT INTO users VALUES (1, NULL, repeat('x', 50000)), (2, NULL, 'b')")
        #expect(try consumer(scene, "users").records(count: 1).map(\.keyText) == ["2"])
        let metrics = try HTTPGet.answer(port: port, path: "/metrics")
        #expect(
            metrics.contains(#"pqcdc_failed_changes_total{action="skip",schema="public",table="users"} 1"#),
            "\(metrics)")
        expectCleanStop(daemon)
    }

    @Test func aDeadLetterThatIsTooLargeItselfCountsOnce() throws {
        let scene = try Scene(Self.schema, rules: [:])
        let port = try FreePort.next()
        let daemon = try scene.run(
            scene.configuration(
                mappingText: mapping(
                    scene, "timestamps: epoch-millis, onError: deadLetter, onOversize: deadLetter"),
                kafka: ["properties: {message.max.bytes: 20000}"], metricPort: port))
        try scene.sql.execute("INSERT INTO users VALUES (1, 'infinity', repeat('x', 50000)), (2, NULL, 'b')")
        let letter = try consumer(scene, "dead").records(count: 1)[0]
        #expect(letter.valueText?.hasPrefix(#"{"size":50"#) == true, "\(letter.text)")
        try scene.waitUntilConfirmed(scene.currentLSN())
        let metrics = try HTTPGet.answer(port: port, path: "/metrics")
        #expect(
            metrics.contains(#"pqcdc_failed_changes_total{action="deadLetter",schema="public",table="users"} 1"#),
            "\(metrics)")
        expectCleanStop(daemon)
    }

    /// The table's topic is what the column says.
    private func byName(_ scene: Scene, _ rule: String) -> String {
        mapping(scene, rule).replacing("topic: \(scene.topic()),", with: "topic: '{column:name}',")
    }

    private func reserved(_ scene: Scene) -> [String] {
        [scene.topic("dead"), scene.topic("state"), "__consumer_offsets", "__transaction_state", ".", "a b", ""]
    }

    @Test(
        "A row that names a topic of Kafka's or of ours fails, and the daemon goes on", arguments: KafkaKind.available)
    func aRowThatNamesATopicOfKafkasOrOfOursFails(kind: KafkaKind) throws {
        let scene = try Scene(Self.schema, rules: [:], on: kind.shared())
        let daemon = try scene.run(
            scene.configuration(
                mappingText: byName(scene, "onError: deadLetter"), kafka: ["stateTopic: \(scene.topic("state"))"]))
        let reserved = reserved(scene)
        let values = reserved.map { "(1, NULL, '\($0)')" }
        try scene.sql.execute("ALTER TABLE users DROP CONSTRAINT users_pkey, ADD n serial PRIMARY KEY")
        // Twice, so that what was refused is met again.
        for _ in 0..<2 { try scene.sql.execute("INSERT INTO users VALUES " + values.joined(separator: ", ")) }
        try scene.sql.execute("INSERT INTO users VALUES (3, NULL, '\(scene.topic())')")
        let letters = try consumer(scene, "dead").records(count: 2 * reserved.count)
        #expect(
            letters.allSatisfy {
                $0.header("pqcdc.reason")?.contains("a row of table public.users gives a topic") == true
            })
        #expect(try consumer(scene, "users").records(count: 1).count == 1)
        try scene.waitUntilConfirmed(scene.currentLSN())
        expectCleanStop(daemon)
    }

    @Test func aRowThatNamesATopicOfOursStopsTheDaemonWhereNothingElseIsDeclared() throws {
        let scene = try Scene(Self.schema, rules: [:])
        let daemon = try scene.run(scene.configuration(mappingText: byName(scene, "onDelete: skip")))
        try scene.sql.execute("INSERT INTO users VALUES (1, NULL, '__consumer_offsets')")
        #expect(try daemon.waitForExit(within: .seconds(60)) == .exited(65), "\(daemon.log.text)")
        #expect(daemon.log.text.contains("keeps for itself"))
    }

    // The mock cluster creates a topic that it is asked about.
    @Test(
        "A row that names a topic that is missing fails, as long as it may not be created", arguments: KafkaKind.real)
    func aRowThatNamesATopicThatIsMissingFails(kind: KafkaKind) throws {
        let scene = try Scene(Self.schema, rules: [:], on: kind.shared())
        for topic in ["users", "dead", "state"] {
            try scene.cluster.createTopic(scene.topic(topic), partitions: 1, config: [:])
        }
        let kafka = ["allowAutoTopicCreation: false", "stateTopic: \(scene.topic("state"))"]
        let daemon = try scene.run(
            scene.configuration(mappingText: byName(scene, "onError: deadLetter"), kafka: kafka))
        try scene.sql.execute(
            "INSERT INTO users VALUES (1, NULL, '\(scene.topic("missing"))'), (2, NULL, '\(scene.topic())')")
        #expect(try consumer(scene, "users").records(count: 1).map(\.keyText) == ["2"])
        #expect(
            try consumer(scene, "dead").records(count: 1)[0].header("pqcdc.reason")
                == "a row of table public.users gives a topic that does not exist and may not be created")
        expectCleanStop(daemon)
        let strict = scene.configuration(mappingText: byName(scene, "onDelete: skip"), kafka: kafka)
        try scene.sql.execute("INSERT INTO users VALUES (3, NULL, '\(scene.topic("missing"))')")
        let (status, log) = try scene.runToEnd(strict)
        #expect(status == .exited(69) && log.contains("does not exist"), "\(log)")
    }

    @Test("A row of a snapshot that names a topic of ours fails, and the snapshot goes on")
    func aRowOfASnapshotThatNamesATopicOfOursFails() throws {
        let scene = try Scene(Self.schema, rules: [:])
        try scene.sql.execute("GRANT SELECT ON users TO \(scene.role)")
        try scene.sql.execute(
            "INSERT INTO users VALUES (1, NULL, '\(scene.topic("dead"))'), (2, NULL, '\(scene.topic())'), "
                + "(3, NULL, '__transaction_state')")
        let daemon = try scene.run(
            scene.configuration(
                mappingText: byName(scene, "onError: deadLetter"), cdc: ["snapshot: {mode: initial}"]))
        #expect(try consumer(scene, "users").records(count: 1).map(\.keyText) == ["2"])
        #expect(try consumer(scene, "dead").records(count: 2).count == 2)
        expectCleanStop(daemon)
    }

    @Test("Failure mode 12: an oversized row does not take its batch along", arguments: KafkaKind.available)
    func anOversizedRowDoesNotTakeItsBatchAlong(kind: KafkaKind) throws {
        let scene = try Scene(Self.schema, rules: [:], on: kind.shared())
        // One partition, so that the order can be seen.
        try scene.cluster.createTopic(scene.topic(), partitions: 1, config: [:])
        let daemon = try scene.run(
            scene.configuration(
                mappingText: mapping(scene, "onOversize: deadLetter, headers: standard"),
                kafka: ["properties: {message.max.bytes: 20000}"]))
        try scene.sql.execute(
            "INSERT INTO users SELECT i, NULL, repeat('x', CASE WHEN i = 5 THEN 50000 ELSE 10 END) "
                + "FROM generate_series(1, 10) i")
        #expect(
            try consumer(scene, "users").records(count: 9).map { $0.keyText ?? "-" }
                == ["1", "2", "3", "4", "6", "7", "8", "9", "10"])
        let letter = try consumer(scene, "dead").records(count: 1)[0]
        // The client takes nothing larger for any topic, so it is the row's identity that arrives.
        #expect(letter.keyText == "5" && letter.valueText?.hasPrefix(#"{"size":50"#) == true, "\(letter.text)")
        #expect(letter.header("pqcdc.table") == "users" && letter.header("pqcdc.reason") != nil)
        try scene.waitUntilConfirmed(scene.currentLSN())
        expectCleanStop(daemon)
    }

    @Test("Failure mode 12: an oversized row stops the daemon with its batch delivered, where nothing else is declared")
    func anOversizedRowStops() throws {
        let scene = try Scene(Self.schema, rules: [:])
        let configuration = scene.configuration(
            mappingText: mapping(scene, "key: [id]"), kafka: ["properties: {message.max.bytes: 20000}"])
        let daemon = try scene.run(configuration)
        try scene.sql.execute("INSERT INTO users VALUES (1, NULL, repeat('x', 50000))")
        #expect(try daemon.waitForExit(within: .seconds(60)) == .exited(65), "\(daemon.log.text)")
        #expect(daemon.log.text.contains("message.max.bytes"))
        #expect(try scene.runToEnd(configuration).status == .exited(65))
    }

    @Test(
        "Failure mode 12: what the topic's own limit refuses goes to a topic that takes it", arguments: KafkaKind.real)
    func whatTheTopicsOwnLimitRefusesGoesToATopicThatTakesIt(kind: KafkaKind) throws {
        let scene = try Scene(Self.schema, rules: [:], on: kind.shared())
        try scene.cluster.createTopic(scene.topic(), partitions: 1, config: ["max.message.bytes": "20000"])
        let daemon = try scene.run(
            scene.configuration(
                mappingText: mapping(scene, "onOversize: deadLetter"),
                // What the client joins must fit as well.
                kafka: ["properties: {batch.size: 10000}"]))
        try scene.sql.execute("INSERT INTO users VALUES (1, NULL, repeat('x', 50000)), (2, NULL, 'b')")
        #expect(try consumer(scene, "users").records(count: 1).map(\.keyText) == ["2"])
        let letter = try consumer(scene, "dead").records(count: 1)[0]
        #expect(letter.keyText == "1" && letter.valueText?.utf8.count ?? 0 > 50000)
        expectCleanStop(daemon)
    }

    @Test("Failure mode 8: a dead letter of a DELETE holds what came, and no null for what did not")
    func aDeadLetterOfADeleteHoldsWhatCame() throws {
        let scene = try Scene(Self.schema, rules: [:])
        let daemon = try scene.run(
            scene.configuration(mappingText: mapping(scene, "key: [name], onError: deadLetter")))
        try scene.sql.execute("INSERT INTO users VALUES (1, NULL, 'a')")
        try scene.sql.execute("DELETE FROM users")
        #expect(try consumer(scene, "dead").records(count: 1).map(\.text) == [#"- → {"id":"1"}"#])
        expectCleanStop(daemon)
    }
}
