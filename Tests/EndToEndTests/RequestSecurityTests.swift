import TestSupport
import Testing

/// What others write into the WAL and the state topic makes the daemon run nothing of theirs.
@Suite struct RequestSecurityTests {
    private static let secret = "0123456789abcdef0123456789abcdef"

    private func scene() throws -> Scene {
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE items (id int PRIMARY KEY)",
            rules: ["users": "{operationField: op, columns: {mask: {name: redact}}}", "items": "{operationField: op}"])
        try scene.sql.execute("GRANT SELECT ON users, items TO \(scene.role)")
        try scene.dropSlot()
        try scene.sql.execute(
            """
            INSERT INTO users SELECT n, 'n' || n FROM generate_series(1, 20) n;
            INSERT INTO items SELECT generate_series(1, 20)
            """)
        try scene.createSlot()
        return scene
    }

    private func file(_ scene: Scene, _ snapshot: String, kafka: [String] = []) -> String {
        scene.configuration(cdc: ["snapshot: {\(snapshot)}"], kafka: kafka)
    }

    private func ask(_ scene: Scene, _ content: String) throws {
        try scene.sql.execute("SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', $json$\(content)$json$)")
    }

    private func expectStreaming(_ scene: Scene, _ daemon: DaemonProcess) throws {
        try scene.sql.execute("INSERT INTO items VALUES (1000)")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
    }

    @Test(
        "A condition that is SQL is run by nobody, also where anyone may ask",
        arguments: [
            "nextval('ran') > 0", "id = 1 OR pg_advisory_lock(4711) IS NULL", "true) OR (nextval('ran') > 0",
            "set_config('DateStyle', 'German', false) IS NOT NULL", "id IN (SELECT nextval('ran'))",
            "name = 'n1'",
        ])
    func sqlOfAMessageIsNotRun(_ condition: String) throws {
        let scene = try scene()
        try scene.sql.execute("CREATE SEQUENCE ran; GRANT ALL ON ran TO \(scene.role)")
        let daemon = try scene.run(file(scene, "onDemand: anyone"))
        try ask(scene, #"{"table":"users","where":"\#(condition)"}"#)
        let line = try daemon.waitForLog(containing: "its condition is refused")
        #expect(line.contains("level=warning") || line.contains("level=warn"), "\(line)")
        try ask(scene, #"{"table":"items","where":"id <= 5"}"#)
        try daemon.waitForLog(containing: "a requested snapshot is done")
        try expectStreaming(scene, daemon)
        #expect(try scene.sql.value("SELECT is_called FROM ran") == "f")
        #expect(try scene.consumer("users").recordsToEnd().isEmpty)
        #expect(try scene.consumer("items").recordsToEnd().count { $0.valueText?.contains("SNAPSHOT") == true } == 5)
    }

    @Test func byDefaultNobodyIsFollowed() throws {
        let scene = try scene()
        let daemon = try scene.run(scene.configuration())
        for number in 0..<50 { try ask(scene, #"{"table":"users\#(number)"}"#) }
        let line = try daemon.waitForLog(
            containing: "a request for a snapshot is ignored: cdc.snapshot.onDemand is off")
        #expect(!line.contains("users"), "nothing of the message is logged")
        try expectStreaming(scene, daemon)
        #expect(daemon.log.text.split(separator: "\n").count { $0.contains("is ignored") } <= 6)
        #expect(try scene.consumer("users").recordsToEnd().isEmpty)
    }

    @Test func signedRequestsAreFollowedAndForgedAndRepeatedOnesAreNot() throws {
        let scene = try scene()
        let signed = file(scene, "onDemand: signed, requestSecret: \(Self.secret)")
        let daemon = try scene.run(signed)
        try ask(scene, #"{"table":"users"}"#)
        try daemon.waitForLog(containing: "a request for a snapshot is ignored: it is not signed")
        let other = try scene.command(
            ["snapshot", "--table", "users"], file(scene, "onDemand: signed, requestSecret: \(Self.secret)x"))
        #expect(other.status == .exited(0), "\(other)")
        try daemon.waitForLog(containing: "a request for a snapshot is ignored: its signature does not fit")

        // A second slot lets us see the message, as somebody may who reads the WAL.
        let copy = UniqueName.next("copy")
        try scene.sql.execute("SELECT pg_create_logical_replication_slot('\(copy)', 'pgoutput')")
        let asked = try scene.command(["snapshot", "--table", "items", "--where", "id > 15"], signed)
        #expect(asked.status == .exited(0), "\(asked)")
        try daemon.waitForLog(containing: "a requested snapshot is done")
        let seen = try scene.sql.query(
            """
            SELECT convert_from(substring(data FROM position('{"table"'::bytea IN data)), 'UTF8')
            FROM pg_logical_slot_get_binary_changes('\(copy)', NULL, NULL, 'proto_version', '1', 'publication_names',
                '\(scene.publication)', 'messages', 'true')
            WHERE get_byte(data, 0) = 77 AND position('pqcdc.snapshot'::bytea IN data) > 0
            """
        ).compactMap { $0[0] }
        try scene.sql.execute("SELECT pg_drop_replication_slot('\(copy)')")
        let message = try #require(seen.first)
        #expect(message.contains("signature"))
        try ask(scene, message)
        try daemon.waitForLog(
            containing: "a request for a snapshot is ignored: its signature belongs to another transaction")
        try expectStreaming(scene, daemon)
        #expect(!daemon.log.text.contains(Self.secret))
        #expect(try scene.consumer("users").recordsToEnd().isEmpty)
        #expect(try scene.consumer("items").recordsToEnd().count { $0.valueText?.contains("SNAPSHOT") == true } == 5)
    }

    /// A position that the version before wrote, or somebody who may write the state topic.
    @Test func sqlOfAPositionIsDroppedAndTheRestGoesOn() throws {
        let scene = try scene()
        try scene.sql.execute("CREATE SEQUENCE ran; GRANT ALL ON ran TO \(scene.role)")
        let state = UniqueName.next("state")
        let file = file(scene, "onDemand: anyone", kafka: ["stateTopic: \(state)"])
        try expectStreaming(scene, try scene.run(file))
        let system = try #require(try scene.sql.value("SELECT system_identifier FROM pg_control_system()"))
        func forge(_ requests: String) throws {
            // A position before the slot would be a gap.
            let lsn = try #require(
                try scene.sql.value(
                    "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '\(scene.slot)'"))
            try RecordProducer(scene.cluster.bootstrapServers).send(
                topic: state,
                key:
                    #"{"kind":"position","systemIdentifier":"\#(system)","database":"\#(scene.database)","slot":"\#(scene.slot)"}"#,
                value: #"{"lsn":"\#(lsn)","requests":\#(requests)}"#)
        }
        let next = #"{"request":{"table":"public.items","where":"id <= 5"},"rows":0,"bytes":0}"#
        try forge(
            #"{"request":{"table":"public.users","where":"nextval('ran') > 0"},"rows":0,"bytes":0,"next":\#(next)}"#)
        let daemon = try scene.run(file)
        let line = try daemon.waitForLog(containing: "its condition is refused")
        #expect(line.contains("table=public.users"), "\(line)")
        try daemon.waitForLog(containing: "a requested snapshot is done")
        expectCleanStop(daemon)
        #expect(try scene.sql.value("SELECT is_called FROM ran") == "f")
        #expect(try scene.consumer("items").recordsToEnd().count { $0.valueText?.contains("SNAPSHOT") == true } == 5)

        try forge(#"{"request":7}"#)
        let other = try scene.run(file)
        try other.waitForLog(containing: "requests for snapshots that cannot be read")
        expectCleanStop(other)

        // A signed pipeline follows no request that stands in its position without a signature.
        try forge(next)
        let signed = try scene.run(
            self.file(
                scene, "onDemand: signed, requestSecret: \(Self.secret)", kafka: ["stateTopic: \(state)"]))
        try signed.waitForLog(containing: "a requested snapshot is not taken: it is not signed")
        expectCleanStop(signed)
    }

    /// The rows that a condition leaves out are read, judged and forgotten.
    @Test func forgedWatermarksMoveNothing() throws {
        let scene = try scene()
        let daemon = try scene.run(file(scene, "onDemand: anyone, chunkSize: 5, maxRate: 1kb/s"))
        try ask(scene, #"{"table":"items"}"#)
        for chunk in 0..<20 {
            for mark in ["low", "high"] {
                try scene.sql.execute(
                    """
                    SELECT pg_logical_emit_message(true, 'pqcdc.watermark',
                        '{"slot":"\(scene.slot)","run":7,"chunk":\(chunk),"mark":"\(mark)","token":1}'),
                    pg_logical_emit_message(true, 'pqcdc.watermark', 'no JSON'),
                    pg_logical_emit_message(false, 'pqcdc.watermark', '{}'), pg_logical_emit_message(true, 'pqcdc.', '')
                    """)
            }
        }
        try daemon.waitForLog(containing: "a requested snapshot is done")
        try expectStreaming(scene, daemon)
        #expect(try scene.consumer("items").recordsToEnd().count { $0.valueText?.contains("SNAPSHOT") == true } == 20)
    }
}
