import TestSupport
import Testing

/// A partitioned table that is published as a whole, and partitions whose replica identity is another one.
@Suite struct PartitionIdentityTests {
    private static let big = String(repeating: "x", count: 5000)

    private func scene(_ identity: String, _ rule: String) throws -> Scene {
        let scene = try Scene(
            """
            CREATE TABLE events (id int PRIMARY KEY, v text, big text) PARTITION BY RANGE (id);
            ALTER TABLE events ALTER big SET STORAGE EXTERNAL;
            CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (100);
            ALTER TABLE events_1 ALTER big SET STORAGE EXTERNAL;
            ALTER TABLE events REPLICA IDENTITY \(identity);
            """, rules: ["events": rule], publishing: "FOR TABLE events WITH (publish_via_partition_root = true)")
        return scene
    }

    private func attach(_ scene: Scene) throws {
        // With its columns in another order.
        try scene.sql.execute(
            "CREATE TABLE events_2 (big text, v text, id int PRIMARY KEY); "
                + "ALTER TABLE events_2 ALTER big SET STORAGE EXTERNAL; "
                + "ALTER TABLE events ATTACH PARTITION events_2 FOR VALUES FROM (100) TO (200)")
    }

    @Test func nothingIsNullForWantOfItsValueWhenAPartitionIsAttachedWhileStreaming() throws {
        let scene = try scene("FULL", "{key: [id], envelope: before-after, onDelete: old, headers: none}")
        try scene.sql.execute("ALTER TABLE events_1 REPLICA IDENTITY FULL")
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO events VALUES (1, NULL, '\(Self.big)')")
        try scene.sql.execute("UPDATE events SET v = 'a' WHERE id = 1")
        try attach(scene)
        try scene.sql.execute("INSERT INTO events VALUES (100, 'c', '\(Self.big)')")
        // The server flags these old rows as full, and fills in the primary key only.
        try scene.sql.execute("UPDATE events SET id = 101 WHERE id = 100")
        try scene.sql.execute("DELETE FROM events WHERE id = 101")
        try scene.sql.execute("UPDATE events SET v = 'b' WHERE id = 1")
        try scene.sql.execute("ALTER TABLE events_2 REPLICA IDENTITY FULL")
        try scene.sql.execute("INSERT INTO events VALUES (150, NULL, NULL)")
        try scene.sql.execute("DELETE FROM events WHERE id = 150")
        let records = try scene.consumer().records(count: 9)
        let values = records.map { $0.valueText?.replacingAll(Self.big, with: "…") ?? "" }
        #expect(
            values == [
                #"{"before":null,"after":{"id":1,"v":null,"big":"…"},"operation":"INSERT"}"#,
                #"{"before":{"id":1,"v":null,"big":"…"},"after":{"id":1,"v":"a","big":"…"},"operation":"UPDATE"}"#,
                #"{"before":null,"after":{"id":100,"v":"c","big":"…"},"operation":"INSERT"}"#,
                #"{"before":{"id":100},"after":null,"operation":"DELETE"}"#,
                #"{"before":{"id":100},"after":{"id":101,"v":"c"},"operation":"UPDATE"}"#,
                #"{"before":{"id":101},"after":null,"operation":"DELETE"}"#,
                #"{"before":{"id":1,"v":"a","big":"…"},"after":{"id":1,"v":"b","big":"…"},"operation":"UPDATE"}"#,
                #"{"before":null,"after":{"id":150,"v":null,"big":null},"operation":"INSERT"}"#,
                #"{"before":{"id":150,"v":null,"big":null},"after":null,"operation":"DELETE"}"#,
            ])
        #expect(records[4].header("pqcdc.unchangedToast") == #"["big"]"#)
        expectCleanStop(daemon)
        let warnings = daemon.log.lines.filter { $0.contains("another replica identity than its table") }
        #expect(warnings.count == 1 && warnings[0].contains("partition=public.events_2"), "\(warnings)")
    }

    @Test func aTombstoneIsNotLostForWantOfItsKey() throws {
        let scene = try scene("FULL", "{key: [v], onDelete: tombstone}")
        let configuration = scene.configuration()
        let daemon = try scene.run(configuration)
        try scene.sql.execute("INSERT INTO events VALUES (1, 'a', NULL)")
        try scene.waitUntilConfirmed(scene.currentLSN())
        try scene.sql.execute("DELETE FROM events")
        #expect(try daemon.waitForExit(within: .seconds(60)) == .exited(65), "\(daemon.log.text)")
        #expect(daemon.log.text.contains("partition=public.events_1"), "\(daemon.log.text)")
        #expect(try scene.consumer().recordsToEnd().map(\.text) == [#"a → {"id":1,"v":"a","big":null}"#])
    }

    @Test func aFullPartitionOfATableWithItsKeyKeepsTheOldRow() throws {
        let scene = try scene("DEFAULT", "{key: [id], onDelete: old}")
        try scene.sql.execute("ALTER TABLE events_1 REPLICA IDENTITY FULL")
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO events VALUES (1, 'a', '\(Self.big)')")
        try scene.sql.execute("UPDATE events SET v = NULL")
        try scene.sql.execute("DELETE FROM events")
        let values = try scene.consumer().records(count: 3).map {
            $0.valueText?.replacingAll(Self.big, with: "…") ?? ""
        }
        #expect(
            values == [
                #"{"id":1,"v":"a","big":"…"}"#, #"{"id":1,"v":null,"big":"…"}"#, #"{"id":1,"v":null,"big":"…"}"#,
            ])
        expectCleanStop(daemon)
    }
}

extension String {
    fileprivate func replacingAll(_ old: String, with new: String) -> String {
        contains(old) ? replacing(old, with: new) : self
    }
}
