import Glibc
import TestSupport
import Testing

/// How the daemon begins: alone, second in line, or before its servers.
@Suite(.serialized) struct StartTests {
    @Test func itSaysThatItIsReadyWhenItStreams() throws {
        let scene = try Scene()
        let daemon = try scene.run()
        #expect(daemon.notifications.assignments.contains { $0.hasPrefix("STATUS=active: streaming from slot") })
        #expect(try scene.senderPID() != nil)
        expectCleanStop(daemon)
        #expect(daemon.notifications.assignments.contains("STOPPING=1"))
    }

    @Test func thePassiveInstanceTakesOverWhenTheActiveOneDies() throws {
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules)
        let first = try scene.run()
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 100))
        let consumer = try scene.consumer()
        _ = try consumer.records(count: 100)
        try scene.waitUntilConfirmed(try scene.currentLSN())

        let second = try scene.run()
        try second.waitForLog(containing: "passive: the slot is in use by PID \(try #require(try scene.senderPID()))")
        #expect(second.notifications.assignments.contains { $0.hasPrefix("STATUS=passive: ") })
        #expect(try !threads(of: second).contains { $0.hasPrefix("rdk:") }, "a passive instance leaves Kafka alone")
        try scene.sql.execute(NumberedRows.insert(after: 100, upTo: 200))
        _ = try consumer.records(count: 100)

        try first.kill9()
        // slotActivityCheckerInterval is 500 ms.
        try second.waitForLog(containing: "msg=streaming", within: .seconds(10))
        try scene.sql.execute(NumberedRows.insert(after: 200, upTo: 300))
        _ = try consumer.recordsUntil { $0.contains { NumberedRows.number($0) == 300 } }
        expectCleanStop(second)
        NumberedRows.expectComplete(consumer.all, count: 300)
    }

    @Test func aPassiveInstanceStopsAtOnce() throws {
        let scene = try Scene()
        let first = try scene.run()
        let second = try scene.run(scene.configuration(cdc: []))
        expectCleanStop(second, within: .seconds(20))
        expectCleanStop(first)
    }

    private func threads(of daemon: DaemonProcess) throws -> [String] {
        let folder = "/proc/\(daemon.pid)/task"
        guard let directory = opendir(folder) else { throw HarnessError("no \(folder)") }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let id = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let name = try? TextFile.read("\(folder)/\(id)/comm") { names.append(name) }
        }
        return names
    }

    @Test func itWaitsForServersThatComeLater() throws {
        let server = try PostgresServer()
        try server.start()
        let cluster = try MockKafka()
        let scene = try Scene(on: cluster, server: server)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try cluster.takeDown()
        try server.stop()

        let daemon = try scene.start()
        try daemon.waitForLog(containing: "attempt=1")
        let line = try daemon.waitForLog(containing: "attempt=2")
        #expect(line.contains("Connection refused") && line.contains("retry_in="), "\(line)")
        #expect(!daemon.notifications.assignments.contains("READY=1"))
        #expect(daemon.notifications.assignments.contains { $0.hasPrefix("STATUS=waiting: ") })
        try server.start()
        try daemon.waitForLog(containing: "Kafka does not take records")
        // The position is not compared yet, so nobody is told that it is ready.
        #expect(!daemon.notifications.assignments.contains("READY=1"))
        try cluster.bringUp()
        try daemon.waitUntilReady(within: .seconds(60))
        #expect(try scene.consumer().records(count: 1).map(\.text) == [#"1 → {"id":1,"name":"a"}"#])
        try daemon.waitForLog(containing: "Kafka takes records again")
        expectCleanStop(daemon)
    }

    @Test func aStopWhileItWaitsForPostgreSQLIsASuccess() throws {
        let scene = try Scene()
        let daemon = try scene.start(scene.configuration(port: try FreePort.next()))
        try daemon.waitForLog(containing: "attempt=3")
        expectCleanStop(daemon, within: .seconds(20))
    }

    @Test func aStopWhileKafkaIsAwayEndsInTimeAndSaysWhatIsUndelivered() throws {
        let cluster = try MockKafka()
        let scene = try Scene(on: cluster)
        try scene.sql.execute("ALTER ROLE \(scene.role) SET wal_sender_timeout = '1s'")
        let daemon = try scene.run(scene.configuration(top: ["shutdownTimeout: 1s"]))
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        try cluster.takeDown()
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b')")
        try scene.waitUntilReceived(try scene.currentLSN())
        #expect(try daemon.stop(within: .seconds(8)) == .exited(69))
        #expect(daemon.log.text.contains("1 records are undelivered and will be sent again"), "\(daemon.log.text)")
        try cluster.bringUp()
        let second = try scene.run()
        #expect(try scene.consumer().records(count: 2).last?.text == #"2 → {"id":2,"name":"b"}"#)
        expectCleanStop(second)
    }

    @Test func aStopBeforeKafkaWasThereIsASuccessAndLosesNothing() throws {
        let cluster = try MockKafka()
        let scene = try Scene(on: cluster)
        try cluster.takeDown()
        let daemon = try scene.start()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try daemon.waitForLog(containing: "trying until Kafka answers")
        #expect(!daemon.notifications.assignments.contains("READY=1"))
        expectCleanStop(daemon, within: .seconds(10))
        try cluster.bringUp()
        let second = try scene.run()
        #expect(try scene.consumer().records(count: 1).map(\.text) == [#"1 → {"id":1,"name":"a"}"#])
        expectCleanStop(second)
    }

    @Test func aHungServerDoesNotHoldUpTheStop() throws {
        let scene = try Scene()
        let relay = try TCPRelay(to: scene.server.port)
        defer { relay.close() }
        relay.stall()
        let daemon = try scene.start(scene.configuration(port: relay.port))
        try daemon.waitForLog(containing: "msg=starting")
        expectCleanStop(daemon, within: .seconds(20))
    }
}
