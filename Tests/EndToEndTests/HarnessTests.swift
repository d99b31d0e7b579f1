import Glibc
import TestSupport
import Testing

/// The harness itself: what the other suites stand on.
@Suite struct HarnessTests {
    @Test func aServerAnswersTheSuperuserOnItsSocket() throws {
        let server = try PostgresServer.shared
        let session = try server.session(database: try server.createDatabase())
        #expect(try session.query("SELECT 1, NULL") == [["1", nil]])
        #expect(try session.value("SHOW wal_level") == "logical")
    }

    @Test func aRoleLogsInOverTCPWithItsPasswordOnly() throws {
        let server = try PostgresServer.shared
        let role = UniqueName.next("role")
        try server.session().execute("CREATE ROLE \(role) LOGIN PASSWORD 'pass'")
        #expect(try server.session(user: role, password: "pass").value("SELECT current_user") == role)
        #expect(throws: HarnessError.self) { try server.session(user: role, password: "wrong") }
    }

    @Test func aFailingStatementThrowsTheServersReason() throws {
        let session = try PostgresServer.shared.session()
        let error = #expect(throws: HarnessError.self) { try session.execute("SELECT * FROM nowhere") }
        #expect(error?.description.contains("relation \"nowhere\" does not exist") == true)
    }

    @Test func aPrivateServerComesBackAfterEveryWayOfStopping() throws {
        let server = try PostgresServer(settings: ["wal_sender_timeout": "3s"])
        try server.start()
        #expect(try server.session().value("SHOW wal_sender_timeout") == "3s")
        try server.restart(.fast)
        try server.restart(.immediate)
        try server.kill9()
        #expect(!server.isRunning)
        try server.start()
        #expect(try server.session().value("SELECT 1") == "1")
    }

    @Test(arguments: KafkaKind.available)
    func aConsumerReadsWhatAProducerWrote(kind: KafkaKind) throws {
        let cluster = try kind.shared()
        let topic = try cluster.createTopic(partitions: 2)
        try RecordProducer(cluster.bootstrapServers).send(topic: topic, key: "k", value: "v")
        let consumer = try RecordConsumer(cluster.bootstrapServers, topics: [topic])
        let record = try #require(try consumer.records(count: 1).first)
        #expect(record.topic == topic && record.keyText == "k" && record.valueText == "v")
        #expect(record.offset == 0 && record.timestamp != nil && record.headers.isEmpty)
        #expect(try consumer.recordsToEnd().isEmpty)
    }

    @Test(arguments: KafkaKind.available)
    func aConsumerWaitsForATopicThatComesLater(kind: KafkaKind) throws {
        let cluster = try kind.shared()
        let first = try cluster.createTopic()
        let second = UniqueName.next("later")
        let consumer = try RecordConsumer(cluster.bootstrapServers, topics: [first, second])
        let producer = try RecordProducer(cluster.bootstrapServers)
        try producer.send(topic: first, key: "a", value: "1")
        #expect(try consumer.records(count: 1).map(\.valueText) == ["1"])
        try producer.send(topic: second, key: "b", value: "2")
        #expect(try consumer.records(count: 1).map(\.valueText) == ["2"])
        #expect(try consumer.recordsToEnd().isEmpty)
    }

    @Test(arguments: KafkaKind.real)
    func anAbortedTransactionIsSeenByAnUncommittedReaderOnly(kind: KafkaKind) throws {
        let cluster = try kind.shared()
        let topic = try cluster.createTopic()
        let producer = try RecordProducer(
            cluster.bootstrapServers, properties: ["transactional.id": UniqueName.next("producer")])
        try producer.initTransactions()
        try producer.transaction(commit: true) { try producer.send(topic: topic, key: "k", value: "kept") }
        try producer.transaction(commit: false) { try producer.send(topic: topic, key: "k", value: "gone") }
        for (isolation, values) in [(IsolationLevel.readCommitted, ["kept"]), (.readUncommitted, ["kept", "gone"])] {
            let consumer = try RecordConsumer(cluster.bootstrapServers, topics: [topic], isolation: isolation)
            #expect(try consumer.recordsToEnd().map(\.valueText) == values)
            #expect(try consumer.recordsToEnd().isEmpty)
        }
    }

    @Test func theMockClusterRefusesConnectionsWhileItIsDown() throws {
        let cluster = try MockKafka(topics: [("t", 1)])
        try cluster.takeDown()
        #expect(throws: HarnessError.self) {
            try RecordProducer(cluster.bootstrapServers).send(
                topic: "t", key: "k", value: "lost", within: .milliseconds(500))
        }
        try cluster.bringUp()
        try cluster.failRequests(apiKey: 0, error: 7, count: 1)
        try RecordProducer(cluster.bootstrapServers).send(topic: "t", key: "k", value: "kept")
        let consumer = try RecordConsumer(cluster.bootstrapServers, topics: ["t"])
        #expect(try consumer.records(count: 1).map(\.valueText) == ["kept"])
        #expect(throws: HarnessError.self) { try cluster.setLeader(topic: "t", partition: 0, broker: 9) }
    }

    @Test(.enabled(if: KafkaKind.broker.isAvailable, "needs an Apache Kafka distribution in KAFKA_HOME"))
    func aPrivateBrokerKeepsItsRecordsOverPauseAndCrash() throws {
        let broker = try KafkaBroker()
        try broker.start()
        let topic = try broker.createTopic()
        let producer = try RecordProducer(broker.bootstrapServers)
        try producer.send(topic: topic, key: "k", value: "1")
        broker.pause()
        #expect(throws: HarnessError.self) {
            try producer.send(topic: topic, key: "k", value: "2", within: .milliseconds(500))
        }
        broker.resume()
        let consumer = try RecordConsumer(broker.bootstrapServers, topics: [topic])
        #expect(try consumer.records(count: 2).map(\.valueText) == ["1", "2"])
        try broker.kill9()
        try broker.start()
        #expect(try RecordConsumer(broker.bootstrapServers, topics: [topic]).recordsToEnd().count == 2)
        try broker.stop()
        #expect(!broker.isRunning)
    }

    @Test func aStalledRelayIsSilentAndACutOneBreaksTheConnection() throws {
        let server = try PostgresServer.shared
        let relay = try TCPRelay(to: server.port)
        defer { relay.close() }
        let address = """
            host=127.0.0.1 port=\(relay.port) user=postgres password=\(PostgresServer.superuserPassword) \
            dbname=postgres
            """
        let session = try SQLSession(address)
        #expect(try session.value("SELECT 1") == "1")
        relay.stall()
        #expect(throws: HarnessError.self) { try SQLSession(address + " connect_timeout=2") }
        relay.resume()
        #expect(try session.value("SELECT 2") == "2")
        relay.cut()
        #expect(throws: HarnessError.self) { try session.value("SELECT 3") }
        #expect(try SQLSession(address).value("SELECT 4") == "4")
    }

    @Test func aProcessIsWaitedForByWhatItSaysAndByItsEnd() throws {
        let process = try ChildProcess("/bin/sh", ["-c", "echo ready >&2; read word; echo \"$word\"; exit 3"])
        #expect(process.errors.line(where: { $0 == "ready" }, within: .seconds(5)) != nil)
        process.pause()
        process.resume()
        try process.writeLine("hello")
        #expect(try process.waitForExit(within: .seconds(60)) == .exited(3))
        #expect(process.output.lines == ["hello"])
        let killed = try ChildProcess("sleep", ["60"])
        killed.kill9()
        #expect(try killed.waitForExit(within: .seconds(60)) == .signalled(SIGKILL))
    }

    @Test func theBuiltDaemonRunsAsAOneShotCommand() throws {
        #expect(try DaemonProcess.run(["--help"]).status == .exited(0))
    }

    @Test func aDaemonIsFollowedByItsLogItsNotificationsAndItsEnd() throws {
        let folder = try Workspace.shared.makeFolder("script")
        defer { Workspace.shared.removeFolder(folder) }
        let script = """
            #!/bin/sh
            trap 'echo stopping >&2; exit 7' TERM
            echo "started $1 with $(cat "$3")" >&2
            while :; do sleep 0.05; done

            """
        try TextFile.write(script, to: "\(folder)/daemon", mode: 0o755)
        let daemon = try DaemonProcess(configuration: "a: 1", executable: "\(folder)/daemon")
        try daemon.waitForLog(containing: "started run with a: 1")
        #expect(throws: HarnessError.self) { try daemon.waitUntilReady(within: .milliseconds(50)) }
        send("STATUS=streaming\nREADY=1", to: daemon.notifications.path)
        try daemon.waitUntilReady()
        #expect(daemon.notifications.assignments == ["STATUS=streaming", "READY=1"])
        #expect(try daemon.stop() == .exited(7))
        #expect(daemon.log.lines.last == "stopping")
    }

    @Test func eventuallyGivesUpWithTheLastError() {
        let error = #expect(throws: HarnessError.self) {
            try eventually(within: .milliseconds(50), "the moon") { throw HarnessError("cloudy") }
        }
        #expect(error?.description.contains("cloudy") == true)
    }
}

/// Sends one datagram, as `sd_notify` would.
private func send(_ text: String, to path: String) {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bytes = Array(text.utf8)
    withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = sendto(descriptor, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
