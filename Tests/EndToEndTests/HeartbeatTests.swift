import TestSupport
import Testing

/// `cdc.heartbeat.interval`: messages in the WAL that move the slot and are never records.
@Suite struct HeartbeatTests {
    private static let heartbeat = ["heartbeat: {interval: 1s}"]

    /// When each session of the scene that writes heartbeats began its last one.
    private func lastHeartbeats(_ scene: Scene) throws -> [String?] {
        try scene.sql.query(
            "SELECT query_start FROM pg_stat_activity WHERE usename = '\(scene.role)' "
                + "AND query LIKE '%pqcdc.heartbeat%' AND state = 'idle'"
        ).map { $0[0] }
    }

    private func waitForHeartbeat(_ scene: Scene) throws {
        let last = try lastHeartbeats(scene)
        try eventually(within: .seconds(60), "a heartbeat") {
            let now = try lastHeartbeats(scene)
            return !now.isEmpty && now != last
        }
    }

    @Test("Failure mode 2: heartbeats go on while Kafka is away, and confirm nothing past an undelivered row")
    func aHeartbeatNeverConfirmsPastAnUndeliveredRow() throws {
        let cluster = try MockKafka()
        let scene = try Scene(on: cluster)
        try scene.sql.execute("ALTER ROLE \(scene.role) SET wal_sender_timeout = '2s'")
        let daemon = try scene.run(scene.configuration(cdc: Self.heartbeat))
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        try cluster.takeDown()
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b')")
        let row = try scene.currentLSN()
        for _ in 0..<3 {
            try waitForHeartbeat(scene)
            try scene.waitUntilReceived(try scene.currentLSN())
            #expect(try !scene.hasConfirmed(row))
        }
        try cluster.bringUp()
        #expect(try scene.consumer().records(count: 2).map(\.keyText) == ["1", "2"])
        try scene.waitUntilConfirmed(row)
        expectCleanStop(daemon)
    }

    @Test func aHeartbeatIsNoRecordEvenWhereARuleIsForEveryMessage() throws {
        let scene = try Scene()
        let topic = try scene.cluster.createTopic(prefix: "messages")
        let daemon = try scene.run(
            scene.configuration(cdc: Self.heartbeat, mapping: ["messages: {\"*\": {topic: \(topic)}}"]))
        for _ in 0..<2 {
            try waitForHeartbeat(scene)
            try scene.waitUntilConfirmed(try scene.currentLSN())
        }
        try scene.sql.execute("SELECT pg_logical_emit_message(true, 'app', 'x')")
        let consumer = try RecordConsumer(scene.cluster.bootstrapServers, topics: [topic])
        #expect(try consumer.records(count: 1).map(\.keyText) == ["app"])
        expectCleanStop(daemon)
    }

    @Test func onlyTheActiveInstanceWritesThem() throws {
        let scene = try Scene()
        let file = scene.configuration(cdc: Self.heartbeat)
        let first = try scene.run(file)
        let second = try scene.run(file)
        try second.waitForLog(containing: "passive: ")
        for _ in 0..<2 {
            try waitForHeartbeat(scene)
            #expect(try lastHeartbeats(scene).count == 1)
        }
        try first.kill9()
        try second.waitForLog(containing: "msg=streaming")
        try waitForHeartbeat(scene)
        expectCleanStop(second)
    }

    @Test func aMissingPrivilegeIsNamedOnceAndEndsNothing() throws {
        let scene = try Scene()
        let function = try #require(
            try scene.sql.value(
                "SELECT oid::regprocedure FROM pg_proc WHERE proname = 'pg_logical_emit_message' "
                    + "AND 'text'::regtype = proargtypes[2]"))
        try scene.sql.execute("REVOKE EXECUTE ON FUNCTION \(function) FROM PUBLIC")
        let file = scene.configuration(cdc: Self.heartbeat)
        let online = try scene.command(["validate", "--online"], file)
        #expect(online.errors.contains("GRANT EXECUTE ON FUNCTION \(function.split(separator: "(")[0])("), "\(online)")
        let daemon = try scene.run(file)
        let line = try daemon.waitForLog(containing: "could not write a heartbeat")
        let grant = try #require(line.firstMatch(of: /GRANT EXECUTE ON FUNCTION .*\) TO \\"[a-z0-9_]+\\"/)).output
        // Streaming goes on; the statement that is named mends it.
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        #expect(try scene.consumer().records(count: 1).map(\.keyText) == ["1"])
        try scene.sql.execute(String(grant).replacing("\\", with: ""))
        try daemon.waitForLog(containing: "heartbeats are written again")
        #expect(daemon.log.lines.count { $0.contains("could not write a heartbeat") } == 1)
        #expect(try !scene.command(["validate", "--online"], file).errors.contains("EXECUTE"))
        expectCleanStop(daemon)
    }
}
