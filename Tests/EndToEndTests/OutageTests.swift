import Glibc
import TestSupport
import Testing

/// PostgreSQL or Kafka goes away while the daemon streams, and comes back.
@Suite(.serialized) struct OutageTests {
    @Test(
        "Failure mode 17: a restart of PostgreSQL ends nothing and loses nothing",
        arguments: [PostgresStopMode.fast, .immediate])
    func aRestartOfPostgreSQLEndsNothing(mode: PostgresStopMode) throws {
        let server = try PostgresServer()
        try server.start()
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, partitions: 3, server: server)
        let daemon = try scene.run()
        let consumer = try scene.consumer()
        let writer = BackgroundWriter(to: scene, pause: 200)
        _ = try consumer.recordsUntil { $0.count >= 200 }
        for _ in 0..<2 {
            let mark = daemon.log.count
            try server.restart(mode)
            try daemon.waitForLog(containing: "msg=streaming", from: mark)
            let before = consumer.all.count
            _ = try consumer.recordsUntil { _ in consumer.all.count >= before + 200 }
        }
        let count = try writer.stop()
        let sql = try scene.session()
        let total = Int(try #require(try sql.value("SELECT count(*) FROM rows"))) ?? 0
        #expect(total >= count)
        _ = try consumer.recordsUntil { _ in consumer.all.contains { NumberedRows.number($0) == total } }
        expectCleanStop(daemon)
        _ = try consumer.recordsToEnd()
        NumberedRows.expectComplete(consumer.all, count: total)
    }

    @Test(
        "Failure modes 1 and 16: an outage of Kafka longer than wal_sender_timeout costs neither rows nor the connection",
        arguments: [false, true])
    func anOutageOfKafkaCostsNothing(hangs: Bool) throws {
        let cluster = try MockKafka()
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: cluster)
        try scene.sql.execute("ALTER ROLE \(scene.role) SET wal_sender_timeout = '2s'")
        let daemon = try scene.run()
        let consumer = try scene.consumer()
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 1))
        _ = try consumer.records(count: 1)
        let sender = try #require(try scene.senderPID())

        if hangs { cluster.pause() } else { try cluster.takeDown() }
        // 100 rows over four times wal_sender_timeout, each in a transaction of its own.
        for number in 2...101 {
            try scene.sql.execute(NumberedRows.insert(after: number - 1, upTo: number))
            usleep(80_000)
        }
        #expect(try scene.senderPID() == sender, "the server dropped the connection")
        #expect(
            try scene.sql.value("SELECT now() - reply_time < '2s' FROM pg_stat_replication WHERE pid = \(sender)")
                == "t", "feedback stopped")
        if hangs { cluster.resume() } else { try cluster.bringUp() }
        try scene.sql.execute(NumberedRows.insert(after: 101, upTo: 102))
        _ = try consumer.recordsUntil(within: .seconds(60)) { _ in consumer.all.count >= 102 }
        try scene.waitUntilConfirmed(try scene.currentLSN())
        #expect(try scene.senderPID() == sender, "the server dropped the connection")
        expectCleanStop(daemon)
        _ = try consumer.recordsToEnd()
        NumberedRows.expectComplete(consumer.all, count: 102)
    }

    @Test("A network that falls silent is noticed, and costs nothing")
    func aSilentNetworkIsNoticed() throws {
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules)
        try scene.sql.execute("ALTER ROLE \(scene.role) SET wal_sender_timeout = '4s'")
        let relay = try TCPRelay(to: scene.server.port)
        defer { relay.close() }
        let daemon = try scene.run(scene.configuration(port: relay.port))
        let consumer = try scene.consumer()
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 100))
        _ = try consumer.records(count: 100)
        // Longer than the deadline: an idle stream is asked, and answers.
        let sender = try #require(try scene.senderPID())
        #expect(throws: HarnessError.self) {
            try daemon.waitForLog(containing: "said nothing", within: .seconds(6))
        }
        #expect(try scene.senderPID() == sender)
        relay.stall()
        try scene.sql.execute(NumberedRows.insert(after: 100, upTo: 200))
        let mark = daemon.log.count
        // The relay's own host acknowledges every byte, so no keepalive of the kernel's finds out.
        try daemon.waitForLog(containing: "the server has said nothing for 4", from: mark, within: .seconds(6))
        relay.cut()
        try daemon.waitForLog(containing: "msg=streaming", from: mark)
        _ = try consumer.recordsUntil { _ in consumer.all.contains { NumberedRows.number($0) == 200 } }
        expectCleanStop(daemon)
        _ = try consumer.recordsToEnd()
        NumberedRows.expectComplete(consumer.all, count: 200)
    }

    @Test("Failure mode 23: memory stays bounded while Kafka is away and a transaction of 200,000 rows waits")
    func memoryStaysBounded() throws {
        let cluster = try MockKafka()
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text)", on: cluster, partitions: 4)
        let daemon = try scene.run(scene.configuration(top: ["memoryLimit: 16MiB"]))
        try scene.sql.execute("INSERT INTO users VALUES (0, '')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        let idle = try residentMiB(of: daemon)
        try cluster.takeDown()
        // 60 MB of values, in a single transaction.
        try scene.sql.execute("INSERT INTO users SELECT i, repeat('x', 300) FROM generate_series(1, 200000) i")
        // In flight has come to its limit: the reader, too, has stopped, and only feedback goes on.
        var last = 0
        var steady = 0
        try eventually(within: .seconds(20), "a steady amount of memory") {
            let now = try residentMiB(of: daemon)
            steady = now > idle + 1 && now == last ? steady + 1 : 0
            last = now
            return steady >= 25
        }
        #expect(last < idle + 48, "\(idle) MiB when idle, \(last) MiB with everything full")
        try cluster.bringUp()
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: .seconds(60))
        expectCleanStop(daemon)
    }

    private func residentMiB(of daemon: DaemonProcess) throws -> Int {
        let line = try TextFile.read("/proc/\(daemon.pid)/status").split(separator: "\n").first {
            $0.hasPrefix("VmRSS:")
        }
        return try #require(line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }) / 1024
    }

    @Test(
        "Failure mode 18: the first record to a topic that does not exist yet creates it",
        arguments: KafkaKind.available)
    func theFirstRecordCreatesItsTopic(kind: KafkaKind) throws {
        let scene = try Scene(on: try kind.shared(), partitions: 0)
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        #expect(try scene.consumer().records(count: 1).map(\.text) == [#"1 → {"id":1,"name":"a"}"#])
        expectCleanStop(daemon)
    }

    // librdkafka's mock before 2.1 creates every topic that is asked for by its name.
    @Test("A missing topic that may not be created ends the daemon, and stays missing", arguments: KafkaKind.real)
    func aMissingTopicThatMayNotBeCreatedEndsTheDaemon(kind: KafkaKind) throws {
        let scene = try Scene(on: try kind.shared(), partitions: 0)
        let file = scene.configuration(kafka: ["allowAutoTopicCreation: false"])
        let before = try scene.confirmedFlush()
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        #expect(try daemon.waitForExit(within: .seconds(60)) == .exited(69))
        #expect(daemon.log.text.contains("create topic"), "\(daemon.log.text)")
        #expect(try scene.confirmedFlush() == before)
        #expect(throws: HarnessError.self) { try scene.consumer().recordsToEnd(within: .seconds(2)) }
        // With the topic there, nothing is lost.
        try scene.cluster.createTopic(scene.topic(), partitions: 1, config: [:])
        let second = try scene.run(file)
        #expect(try scene.consumer().records(count: 1).map(\.text) == [#"1 → {"id":1,"name":"a"}"#])
        expectCleanStop(second)
    }

    @Test(.enabled(if: KafkaKind.broker.isAvailable, "needs an Apache Kafka distribution in KAFKA_HOME"))
    func aBrokerThatIsKilledLosesNothing() throws {
        let broker = try KafkaBroker()
        try broker.start()
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: broker, partitions: 3)
        let daemon = try scene.run()
        let consumer = try scene.consumer()
        let writer = BackgroundWriter(to: scene, pause: 1000)
        _ = try consumer.recordsUntil { $0.count >= 100 }
        try broker.kill9()
        let before = writer.count
        try eventually(within: .seconds(60), "rows written while there is no broker") { writer.count >= before + 100 }
        try broker.start()
        let count = try writer.stop()
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: .seconds(60))
        expectCleanStop(daemon)
        _ = try consumer.recordsToEnd()
        NumberedRows.expectExactly(consumer.all, count: count)
    }
}
