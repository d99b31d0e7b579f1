import Glibc
import TestSupport
import Testing

/// The rows that were there before reach Kafka, and then every change.
@Suite(.serialized) struct SnapshotTests {
    static let deliveries = FailpointExample.deliveries

    private func scene(
        _ schema: String = NumberedRows.schema, rules: [String: String] = NumberedRows.rules,
        delivery: FailpointExample.Delivery = .atLeastOnce, publishing: String? = "FOR ALL TABLES"
    ) throws -> Scene {
        let cluster = try (delivery == .exactlyOnce ? KafkaKind.broker : .mock).shared()
        let scene = try Scene(schema, rules: rules, publishing: publishing, on: cluster, partitions: 3)
        try scene.sql.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(scene.role)")
        return scene
    }

    private func file(
        _ scene: Scene, _ delivery: FailpointExample.Delivery = .atLeastOnce, snapshot: String = "mode: initial"
    ) -> String {
        scene.configuration(
            cdc: ["snapshot: {\(snapshot)}"],
            kafka: ["delivery: \(delivery.rawValue)", "stateTopic: \(UniqueName.next("state"))"])
    }

    /// Rows of a snapshot have no order among themselves.
    private func expectEachOnce(
        _ scene: Scene, count: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let numbers = try scene.consumer().recordsToEnd().compactMap(NumberedRows.number)
        #expect(Set(numbers) == Set(1...count), "rows are missing, or made up", sourceLocation: sourceLocation)
        #expect(numbers.count == count, "rows arrived twice", sourceLocation: sourceLocation)
    }

    @Test("Rows from before come once, and then the changes", arguments: deliveries)
    func rowsFromBeforeComeOnce(delivery: FailpointExample.Delivery) throws {
        let scene = try scene(delivery: delivery)
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 5000))
        let text = file(scene, delivery, snapshot: "mode: initial, chunkSize: 500, parallelism: 2")
        let daemon = try scene.run(text)
        try daemon.waitForLog(containing: "the snapshot is done", within: .seconds(60))
        try scene.sql.execute(NumberedRows.insert(after: 5000, upTo: 5100))
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: .seconds(60))
        expectCleanStop(daemon)
        try expectEachOnce(scene, count: 5100)

        // And not again.
        let second = try scene.run(text)
        try scene.sql.execute(NumberedRows.insert(after: 5100, upTo: 5110))
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: .seconds(60))
        expectCleanStop(second)
        try expectEachOnce(scene, count: 5110)
    }

    @Test func aConditionThatAnIndexServesDoesNotReorderPages() throws {
        let scene = try scene()
        // The index has the rows in the opposite order to the pages.
        try scene.sql.execute(
            "INSERT INTO rows SELECT n, n % 20 FROM generate_series(50000, 1, -1) n; ANALYZE rows")
        let finished = try scene.runToEnd(
            file(scene, snapshot: "mode: snapshot_only, chunkSize: 100000, queryCondition: seq <= 400"))
        #expect(finished.status == .exited(0), "\(finished.log)")
        try expectEachOnce(scene, count: 400)
    }

    @Test("Changes that the slot has from before the snapshot's consistent point are in its rows only")
    func changesBeforeTheConsistentPointAreSkipped() throws {
        let scene = try scene()
        try scene.sql.execute("INSERT INTO rows VALUES (1, 1), (2, 2), (3, 3)")
        try scene.sql.execute("UPDATE rows SET k = 7 WHERE seq = 2; DELETE FROM rows WHERE seq = 3")
        let daemon = try scene.run(file(scene))
        try daemon.waitForLog(containing: "the snapshot is done", within: .seconds(60))
        try scene.sql.execute("INSERT INTO rows VALUES (4, 4)")
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: .seconds(60))
        expectCleanStop(daemon)
        let values = try scene.consumer().recordsToEnd().compactMap(\.valueText)
        #expect(
            Set(values) == [#"{"seq":1,"k":1}"#, #"{"seq":2,"k":7}"#, #"{"seq":4,"k":4}"#] && values.count == 3,
            "\(values)")
    }

    @Test("Failure mode 5: what is committed while the snapshot is taken comes once", arguments: deliveries)
    func commitsDuringTheSnapshotComeOnce(delivery: FailpointExample.Delivery) throws {
        let scene = try scene(delivery: delivery)
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 20_000))
        let daemon = try scene.start(
            file(scene, delivery, snapshot: "mode: initial, chunkSize: 500, maxRate: 200kb/s"))
        var written = 20_000
        // Before, at and behind the consistent point, wherever it comes to lie.
        while !daemon.log.text.contains("the snapshot is done") {
            try #require(daemon.isRunning && written < 200_000, "\(daemon.log.text)")
            try scene.sql.execute(NumberedRows.insert(after: written, upTo: written + 10))
            written += 10
            usleep(5000)
        }
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: .seconds(60))
        expectCleanStop(daemon)
        try expectEachOnce(scene, count: written)
    }

    @Test("Every shape of table comes as the publication sends it")
    func shapesComeAsPublished() throws {
        let scene = try scene(
            """
            CREATE TABLE parted (id int, region text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
            CREATE TABLE parted_eu PARTITION OF parted FOR VALUES IN ('eu');
            CREATE TABLE parted_us PARTITION OF parted FOR VALUES IN ('us');
            CREATE TABLE keyless (v text);
            CREATE TABLE "Mixed Case" ("Id" int PRIMARY KEY, "the ""v"" of it" text);
            CREATE TABLE nothing (id int PRIMARY KEY);
            CREATE TABLE computed (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED);
            CREATE TABLE listed (id int PRIMARY KEY, shown text, hidden text);
            INSERT INTO parted VALUES (1, 'eu'), (2, 'us');
            INSERT INTO keyless VALUES ('a'), ('a'), (E'tab\\t and \\\\ and \\n');
            INSERT INTO "Mixed Case" VALUES (1, 'x');
            INSERT INTO computed VALUES (21);
            INSERT INTO listed VALUES (1, 'a', 'b'), (2, 'c', 'd');
            """,
            rules: [:], publishing: nil)
        let lists = try scene.sql.value("SHOW server_version_num").flatMap { Int($0) } ?? 0 >= 150_000
        try scene.sql.execute(
            """
            CREATE PUBLICATION \(scene.publication) FOR TABLE parted, keyless, "Mixed Case", nothing, computed,
                listed \(lists ? "(id, shown) WHERE (id < 2)" : "") WITH (publish_via_partition_root = true)
            """)
        try scene.createSlot()
        let tables = ["parted", "keyless", "Mixed Case", "nothing", "computed", "listed"]
        let state = UniqueName.next("state")
        let rules = tables.map { "    \"public.\($0)\": {topic: \(state).\($0.filter { $0 != " " })}" }
        let daemon = try scene.run(
            scene.configuration(
                mappingText: "  defaults: {operationField: op}\n  tables:\n" + rules.joined(separator: "\n"),
                cdc: ["snapshot: {mode: initial, parallelism: 3}"], kafka: ["stateTopic: \(state)"]))
        try daemon.waitForLog(containing: "the snapshot is done", within: .seconds(60))
        expectCleanStop(daemon)
        func values(_ table: String) throws -> [String] {
            try RecordConsumer(
                scene.cluster.bootstrapServers, topics: ["\(state).\(table.filter { $0 != " " })"]
            ).recordsToEnd().compactMap(\.valueText).sorted()
        }
        #expect(
            try values("parted") == [
                #"{"id":1,"region":"eu","op":"SNAPSHOT"}"#, #"{"id":2,"region":"us","op":"SNAPSHOT"}"#,
            ])
        #expect(
            try values("keyless") == [
                #"{"v":"a","op":"SNAPSHOT"}"#, #"{"v":"a","op":"SNAPSHOT"}"#,
                #"{"v":"tab\t and \\ and \n","op":"SNAPSHOT"}"#,
            ])
        #expect(try values("Mixed Case") == [#"{"Id":1,"the \"v\" of it":"x","op":"SNAPSHOT"}"#])
        #expect(try values("computed") == [#"{"id":21,"op":"SNAPSHOT"}"#])
        if lists { #expect(try values("listed") == [#"{"id":1,"shown":"a","op":"SNAPSHOT"}"#]) }
    }

    @Test("snapshot_only needs neither slot nor publication, and ends when all is delivered")
    func snapshotOnlyEndsWithSuccess() throws {
        let scene = try scene(publishing: nil)
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 3000))
        let (status, log) = try scene.runToEnd(
            file(scene, snapshot: "mode: snapshot_only, chunkSize: 500, queryCondition: seq <= 2500"),
            within: .seconds(60))
        #expect(status == .exited(0), "\(log)")
        try expectEachOnce(scene, count: 2500)
    }

    @Test("A table that may not be read is refused by name")
    func anUnreadableTableIsRefused() throws {
        let scene = try scene()
        try scene.sql.execute("REVOKE SELECT ON rows FROM \(scene.role)")
        let (status, log) = try scene.runToEnd(file(scene), within: .seconds(60))
        #expect(status == .exited(77), "\(log)")
        #expect(log.contains("public.rows may not be read by this role"), "\(log)")
    }
}
