import TestSupport
import Testing

/// Snapshots that are asked for while changes are streamed: folded by key, the topic is the table.
@Suite struct OnDemandSnapshotTests {
    private static let rows = 3000

    private static let schema = """
        CREATE TABLE users (id int PRIMARY KEY, name text, body text);
        ALTER TABLE users ALTER COLUMN body SET STORAGE EXTERNAL;
        CREATE TABLE keyless (a int)
        """
    private static let rules = ["users": "{operationField: op, onDelete: tombstone}", "keyless": "{key: [a]}"]

    /// Every tenth row has a value out of line, which an UPDATE of `name` leaves out.
    private static let fill = """
        INSERT INTO users SELECT n, 'n' || n, CASE WHEN n % 10 = 0 THEN repeat('x', 3000) || n ELSE 'b' || n END
        FROM generate_series(1, \(rows)) n
        """

    private func scene(on cluster: any KafkaCluster) throws -> Scene {
        let scene = try Scene(Self.schema, rules: Self.rules, on: cluster)
        try scene.sql.execute("GRANT SELECT ON users, keyless TO \(scene.role)")
        // Before the slot, so that nothing but a snapshot can bring them.
        try scene.dropSlot()
        try scene.sql.execute(Self.fill)
        try scene.createSlot()
        return scene
    }

    private func configuration(_ scene: Scene, _ kafka: [String] = []) -> String {
        scene.configuration(cdc: ["snapshot: {chunkSize: 200, onDemand: anyone}"], kafka: kafka)
    }

    /// What a consumer has that keeps the last record of each key.
    private func folded(_ records: [ConsumedRecord]) -> [String: (name: String, body: String)] {
        var folded: [String: (name: String, body: String)] = [:]
        for record in records {
            guard let key = record.keyText, let value = record.valueText else {
                record.keyText.map { folded[$0] = nil }
                continue
            }
            func field(_ name: String) -> String? {
                value.firstRange(of: "\"\(name)\":\"").map { String(value[$0.upperBound...].prefix { $0 != "\"" }) }
            }
            // Behind the snapshot, an UPDATE may leave out what it has not changed, and the consumer has it.
            folded[key] = (field("name") ?? "", field("body") ?? folded[key]?.body ?? "(never sent)")
        }
        return folded
    }

    private func expectTable(_ scene: Scene, _ records: [ConsumedRecord]) throws {
        let folded = folded(records.filter { $0.topic == scene.topic() })
        let table = try scene.sql.query("SELECT id::text, name, body FROM users")
        #expect(folded.count == table.count)
        for row in table {
            let found = folded[row[0] ?? ""]
            #expect(found?.name == row[1] && found?.body == row[2], "row \(row[0] ?? "")")
        }
    }

    /// Changes rows until `isDone`.
    private func write(_ scene: Scene, until isDone: () throws -> Bool) throws {
        let writer = try scene.session()
        var number = 0
        let deadline = Deadline(in: .seconds(60))
        while try !isDone() {
            guard !deadline.isPast else { throw HarnessError("the snapshot did not end") }
            number += 1
            try writer.execute(
                """
                UPDATE users SET name = name || '+' WHERE id % 97 = \(number % 97);
                DELETE FROM users WHERE id = \(number * 13 % Self.rows);
                INSERT INTO users VALUES (\(Self.rows + number), 'new', 'new')
                """)
        }
    }

    @Test(arguments: KafkaKind.available.filter { $0 != .external })
    func aTableIsSentWhileItChanges(_ kind: KafkaKind) throws {
        let scene = try scene(on: kind.shared())
        let file = configuration(scene, kind == .mock ? [] : ["delivery: exactly-once"])
        let daemon = try scene.run(file)
        let asked = try scene.command(["snapshot", "--table", "users"], file)
        #expect(asked.status == .exited(0), "\(asked)")
        try write(scene) { daemon.log.text.contains("a requested snapshot is done") }
        let consumer = try scene.consumer()
        try scene.waitUntilConfirmed(scene.currentLSN(), within: .seconds(60))
        #expect(try daemon.stop() == .exited(0))
        let records = try consumer.recordsToEnd(within: .seconds(60))
        #expect(records.contains { $0.valueText?.contains(#""op":"SNAPSHOT""#) == true })
        try expectTable(scene, records)
    }

    @Test func aKilledDaemonGoesOnWithIt() throws {
        let scene = try scene(on: KafkaKind.mock.shared())
        // So that the kill comes in the middle.
        let file = scene.configuration(cdc: ["snapshot: {chunkSize: 200, maxRate: 200kb/s, onDemand: anyone}"])
        var daemon = try scene.run(file)
        let consumer = try scene.consumer()
        try scene.sql.execute(
            #"SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', '{"table":"public.users"}')"#)
        _ = try consumer.recordsUntil(within: .seconds(60)) { $0.count >= 400 }
        try daemon.kill9()
        #expect(!daemon.log.text.contains("a requested snapshot is done"))
        try scene.sql.execute("UPDATE users SET name = name || '-'; DELETE FROM users WHERE id % 7 = 0")
        daemon = try scene.run(file)
        try write(scene) { daemon.log.text.contains("a requested snapshot is done") }
        try scene.waitUntilConfirmed(scene.currentLSN(), within: .seconds(60))
        #expect(try daemon.stop() == .exited(0))
        _ = try consumer.recordsToEnd(within: .seconds(60))
        try expectTable(scene, consumer.all)
    }

    @Test(
        "What cannot be followed is named in the log, and the stream goes on",
        arguments: [
            ("{}", "cannot be read"), (#"{"table":"keyless"}"#, "has no primary key"),
            (#"{"table":"gone"}"#, #"table \"public.gone\" does not exist"#),
            (#"{"table":"users","where":"true) OR (true"}"#, "there is no ( for this )"),
            (#"{"table":"users","where":"nom = 1"}"#, #"has no column \"nom\""#),
            (#"{"table":"users","where":"id = 1 OR pg_sleep(10) IS NULL"}"#, "there is no function pg_sleep"),
            (#"{"table":"users","where":"\#(String(repeating: "x", count: 20_000))"}"#, "more than 16384 bytes"),
        ])
    func whatCannotBeFollowedIsLogged(_ content: String, _ reason: String) throws {
        let scene = try scene(on: KafkaKind.mock.shared())
        let daemon = try scene.run(configuration(scene))
        let start = daemon.log.count
        for content in [content, #"{"table":"users","slot":"another"}"#] {
            try scene.sql.execute(
                "SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', $json$\(content)$json$)")
        }
        try daemon.waitForLog(containing: reason)
        #expect(daemon.log.line(where: { $0.contains(reason) }, from: start, within: .seconds(1))!.utf8.count < 1000)
        try scene.sql.execute("INSERT INTO users VALUES (100000, 'last', 'b')")
        let records = try scene.consumer().records(count: 1, within: .seconds(60))
        #expect(records[0].keyText == "100000")
        expectCleanStop(daemon)
    }
}
