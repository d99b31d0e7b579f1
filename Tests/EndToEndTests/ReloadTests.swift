import Glibc
import Synchronization
import TestSupport
import Testing

/// Set by one thread, seen by another.
private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

/// SIGHUP: what can be put in force is, between two transactions, and the slot is kept all the while.
@Suite(.serialized) struct ReloadTests {
    private static let limit = Duration.seconds(60)
    private static let inForce = "the reloaded configuration is in force"

    private func waitUntilInForce(_ daemon: DaemonProcess, from start: Int) throws {
        try daemon.waitForLog(containing: Self.inForce, from: start, within: Self.limit)
    }

    private func notifications(_ daemon: DaemonProcess, _ assignment: String) -> Int {
        daemon.notifications.assignments.count { $0 == assignment }
    }

    // MARK: Under traffic

    private static let deliveries = FailpointExample.Delivery.allCases.filter {
        $0 == .atLeastOnce || KafkaKind.broker.isAvailable
    }

    @Test("Reloads under traffic lose and repeat nothing, and cut no transaction", arguments: deliveries)
    func reloadsUnderTraffic(delivery: FailpointExample.Delivery) throws {
        let cluster = try (delivery == .exactlyOnce ? KafkaKind.broker : .mock).shared()
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: cluster, partitions: 3)
        let kafka = [
            "delivery: \(delivery.rawValue)", "stateTopic: \(UniqueName.next("state"))", "producerBatchSize: 70",
        ]
        // Every second file names the operation.
        let files = ["{key: [k]}", "{key: [k], operationField: op}"].map { rule in
            scene.rules = ["rows": rule]
            return scene.configuration(kafka: kafka)
        }
        let daemon = try scene.run(files[0])
        let holder = try scene.senderPID()
        let size = 200
        let count = 200 * size
        let connection = scene.server.connectionString(database: scene.database)
        let written = Flag()
        startThread {
            try? SQLSession(connection).execute(NumberedRows.insert(after: 0, upTo: count, inTransactionsOf: size))
            written.set()
        }
        var reloads = 0
        repeat {
            reloads += 1
            try waitUntilInForce(daemon, from: try daemon.reload(files[reloads % 2]))
        } while !written.isSet
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        #expect(try scene.senderPID() == holder, "the slot was given up")
        expectCleanStop(daemon, within: Self.limit)

        let records = try scene.consumer().recordsToEnd(within: Self.limit)
        NumberedRows.expectExactly(records, count: count)
        var forms: [Int: Set<Bool>] = [:]
        for record in records {
            guard let number = NumberedRows.number(record) else { continue }
            forms[(number - 1) / size, default: []].insert(record.valueText?.contains(#""op":"#) == true)
        }
        #expect(forms.values.allSatisfy { $0.count == 1 }, "a transaction was sent by two sets of rules")
    }

    @Test func anIdleStreamTakesItsRulesAtOnce() throws {
        let scene = try Scene()
        let daemon = try scene.run()
        let consumer = try scene.consumer()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        #expect(try consumer.records(count: 1, within: Self.limit).map(\.text) == [#"1 → {"id":1,"name":"a"}"#])

        scene.rules = ["users": "{key: [name], columns: {rename: {id: number}}}"]
        try waitUntilInForce(daemon, from: try daemon.reload(scene.configuration()))
        #expect(daemon.notifications.wait(within: Self.limit) { $0.count { $0 == "READY=1" } >= 2 })
        #expect(daemon.notifications.assignments.contains("RELOADING=1"))
        #expect(daemon.notifications.assignments.contains { $0.hasPrefix("MONOTONIC_USEC=") })
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b')")
        #expect(try consumer.records(count: 1, within: Self.limit).map(\.text) == [#"b → {"number":2,"name":"b"}"#])
        expectCleanStop(daemon)
    }

    @Test func aTableGetsItsRuleWithoutARestart() throws {
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE items (id int PRIMARY KEY)")
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO items VALUES (1)")
        try daemon.waitForLog(containing: "skipping changes of a table that no rule names", within: Self.limit)

        scene.rules["items"] = "{}"
        try scene.cluster.createTopic(scene.topic("items"), partitions: 1, config: [:])
        try waitUntilInForce(daemon, from: try daemon.reload(scene.configuration()))
        try scene.sql.execute("INSERT INTO items VALUES (2)")
        #expect(
            try scene.consumer("items").records(count: 1, within: Self.limit).map(\.text) == [#"2 → {"id":2}"#])
        expectCleanStop(daemon)
    }

    @Test func schemaChangesAreToldFromTheReloadOn() throws {
        let scene = try Scene()
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        _ = try scene.consumer().records(count: 1, within: Self.limit)
        let topic = try scene.cluster.createTopic(prefix: "schema")
        try waitUntilInForce(
            daemon, from: try daemon.reload(scene.configuration(mapping: ["schemaChanges: {topic: \(topic)}"])))
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b')")
        let shapes = try RecordConsumer(scene.cluster.bootstrapServers, topics: [topic])
        #expect(try shapes.records(count: 1, within: Self.limit).first?.valueText?.contains("users") == true)
        expectCleanStop(daemon)
    }

    // MARK: What is not put in force

    @Test func aBrokenFileChangesNothingAndNamesThePlace() throws {
        let scene = try Scene()
        let daemon = try scene.run()
        let broken = scene.configuration(mapping: ["unmaped: skip"])
        let line = try #require(broken.split(separator: "\n").firstIndex { $0.contains("unmaped") }) + 1
        let start = try daemon.reload(broken)
        let place = "\(daemon.configurationPath):\(line):3: unknown key \\\"unmaped\\\" in mapping"
        #expect(
            daemon.log.line(where: { $0.contains("unmaped") }, from: start, within: Self.limit)?.contains(place)
                == true, "\(daemon.log.text)")
        try daemon.waitForLog(containing: "not reloaded, and nothing has changed", from: start, within: Self.limit)
        #expect(daemon.notifications.wait(within: Self.limit) { $0.count { $0 == "READY=1" } >= 2 })
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        let consumer = try scene.consumer()
        #expect(try consumer.records(count: 1, within: Self.limit).map(\.text) == [#"1 → {"id":1,"name":"a"}"#])

        try waitUntilInForce(daemon, from: try daemon.reload(scene.configuration()))
        expectCleanStop(daemon)
    }

    @Test func rulesThatDoNotFitTheTableAreRefused() throws {
        let scene = try Scene()
        let daemon = try scene.run()
        let consumer = try scene.consumer()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        _ = try consumer.records(count: 1, within: Self.limit)
        scene.rules = ["users": "{key: [nmae]}"]
        let start = try daemon.reload(scene.configuration())
        let line = try daemon.waitForLog(containing: "does not fit: ", from: start, within: Self.limit)
        #expect(line.contains("nmae") && line.contains("level=error"), "\(line)")
        #expect(daemon.notifications.wait(within: Self.limit) { $0.count { $0 == "READY=1" } >= 2 })
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b')")
        #expect(try consumer.records(count: 1, within: Self.limit).map(\.text) == [#"2 → {"id":2,"name":"b"}"#])
        expectCleanStop(daemon)
    }

    @Test func whatNeedsARestartIsNamed() throws {
        let scene = try Scene()
        let daemon = try scene.run(scene.configuration(cdc: ["logger: {level: error}"]))
        var file = scene.configuration(
            cdc: ["logger: {level: info}", "heartbeat: {interval: 60s}"], kafka: ["clientID: another"])
        file = file.replacing("host: 127.0.0.1", with: "host: localhost")
        let start = try daemon.reload(file)
        // The level is put in force first, or nothing of this would be heard.
        let line = try daemon.waitForLog(containing: "need a restart", from: start, within: Self.limit)
        #expect(line.contains("keys=cdc.host,cdc.heartbeat.interval,kafka.clientID"), "\(line)")
        try waitUntilInForce(daemon, from: start)
        expectCleanStop(daemon)
    }

    @Test(
        "Rules that stream or producer were not made for wait for a restart",
        arguments: [
            "messages: {\"*\": {topic: m}}", "defaults: {partition: {columns: [name]}}",
            "defaults: {onOversize: skip}",
        ])
    func rulesThatWaitForARestart(mapping: String) throws {
        let scene = try Scene()
        let daemon = try scene.run()
        let start = try daemon.reload(scene.configuration(mapping: [mapping]))
        try daemon.waitForLog(containing: "the mapping stays as it was: ", from: start, within: Self.limit)
        try waitUntilInForce(daemon, from: start)
        expectCleanStop(daemon)
    }

    // MARK: Without a stream

    @Test func aPassiveInstanceTakesItsRulesWithTheSlot() throws {
        let scene = try Scene()
        let first = try scene.run()
        let second = try scene.run()
        try second.waitForLog(containing: "passive: ", within: Self.limit)
        scene.rules = ["users": "{key: [name]}"]
        try waitUntilInForce(second, from: try second.reload(scene.configuration()))
        #expect(second.notifications.wait(within: Self.limit) { $0.count { $0 == "READY=1" } >= 2 })
        expectCleanStop(first)
        try second.waitForLog(containing: "msg=streaming", within: Self.limit)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        #expect(try scene.consumer().records(count: 1, within: Self.limit).map(\.keyText) == ["a"])
        expectCleanStop(second)
    }

    @Test func aReloadIsNoSignThatTheStartHasSucceeded() throws {
        let scene = try Scene()
        let port = try FreePort.next()
        let daemon = try scene.start(scene.configuration(port: port))
        try daemon.waitForLog(containing: "attempt=1", within: Self.limit)
        try waitUntilInForce(daemon, from: try daemon.reload(scene.configuration(port: port)))
        #expect(notifications(daemon, "READY=1") == 0 && notifications(daemon, "RELOADING=1") == 0)
        expectCleanStop(daemon)
    }
}
