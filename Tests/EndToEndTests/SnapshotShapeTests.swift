import TestSupport
import Testing

/// Tables of every kind come as they are, or are refused by name before a row is sent.
@Suite(.serialized) struct SnapshotShapeTests {
    private struct Table {
        /// As the mapping names it.
        let name: String
        /// Its columns; empty for none.
        let key: String
        /// `key → value`.
        let records: [String]
    }

    private func expect(
        _ tables: [Table], of schema: String, publishing: String?, snapshot: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let scene = try Scene(schema, rules: [:], publishing: publishing, partitions: 0)
        try scene.sql.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(scene.role)")
        let prefix = UniqueName.next("shape")
        let rules = tables.enumerated().map { index, table in
            "    '\(table.name)': {topic: \(prefix).\(index)\(table.key.isEmpty ? "" : ", key: [\(table.key)]")}"
        }
        let file = scene.configuration(
            mappingText: "  tables:\n" + rules.joined(separator: "\n"), cdc: ["snapshot: {\(snapshot)}"],
            kafka: ["stateTopic: \(prefix)"])
        let log: String
        if publishing == nil {
            let (status, text) = try scene.runToEnd(file)
            #expect(status == .exited(0), "\(text)", sourceLocation: sourceLocation)
            log = text
        } else {
            let daemon = try scene.start(file)
            try daemon.waitForLog(containing: "the snapshot is done")
            expectCleanStop(daemon, sourceLocation: sourceLocation)
            log = daemon.log.text
        }
        for (index, table) in tables.enumerated() {
            let topics = try RecordConsumer(scene.cluster.bootstrapServers, topics: ["\(prefix).\(index)"])
            let records = table.records.isEmpty ? [] : try topics.recordsToEnd().map(\.text).sorted()
            #expect(records == table.records, "\(table.name)\n\(log)", sourceLocation: sourceLocation)
        }
    }

    @Test("Keys of all kinds, partitions of partitions, inheritance, odd names, dropped and no columns")
    func publishedTablesComeAsTheyAre() throws {
        try expect(
            [
                Table(
                    name: "public.keyed", key: "a, b",
                    records: [
                        #"{"a":"x","b":"00000000-0000-0000-0000-000000000001"} → {"a":"x","b":"00000000-0000-0000-0000-000000000001","c":1}"#
                    ]),
                Table(name: "public.texts", key: "k", records: [#"ä " → {"k":"ä \""}"#]),
                Table(name: "public.\"a.b\"", key: "id", records: [#"1 → {"id":1}"#]),
                Table(name: "public.parent", key: "id", records: [#"1 → {"id":1}"#]),
                Table(name: "public.child", key: "id", records: [#"2 → {"id":2,"more":3}"#]),
                Table(name: "public.deep_1_1", key: "id", records: [#"1 → {"id":1,"part":1}"#]),
                Table(name: "public.deep_2", key: "id", records: [#"2 → {"id":2,"part":2}"#]),
                Table(name: "public.nothing", key: "", records: ["- → {}", "- → {}"]),
                Table(name: "public.dropped", key: "b", records: [#"2 → {"b":2,"d":4}"#]),
            ],
            of: """
                CREATE TABLE keyed (a text, b uuid, c int, PRIMARY KEY (a, b));
                INSERT INTO keyed VALUES ('x', '00000000-0000-0000-0000-000000000001', 1);
                CREATE TABLE texts (k text PRIMARY KEY); INSERT INTO texts VALUES ('ä "');
                CREATE TABLE "a.b" (id int PRIMARY KEY); INSERT INTO "a.b" VALUES (1);
                CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (more int) INHERITS (parent);
                INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2, 3);
                CREATE TABLE deep (id int, part int) PARTITION BY LIST (part);
                CREATE TABLE deep_1 PARTITION OF deep FOR VALUES IN (1) PARTITION BY LIST (id);
                CREATE TABLE deep_1_1 PARTITION OF deep_1 DEFAULT;
                CREATE TABLE deep_2 PARTITION OF deep FOR VALUES IN (2);
                INSERT INTO deep VALUES (1, 1), (2, 2);
                CREATE TABLE nothing (); INSERT INTO nothing DEFAULT VALUES; INSERT INTO nothing DEFAULT VALUES;
                CREATE TABLE dropped (a int, b int PRIMARY KEY, c int, d int); INSERT INTO dropped VALUES (1, 2, 3, 4);
                ALTER TABLE dropped DROP a, DROP c
                """,
            publishing: "FOR ALL TABLES", snapshot: "mode: initial")
    }

    @Test("snapshot_only reads what no publication can send")
    func unpublishableTablesAreRead() throws {
        try expect(
            [
                Table(name: "public.fleeting", key: "id", records: [#"1 → {"id":1}"#]),
                Table(name: "public.summary", key: "n", records: [#"1 → {"n":1}"#]),
                Table(name: "public.parted", key: "id", records: [#"1 → {"id":1}"#, #"2 → {"id":2}"#]),
            ],
            of: """
                CREATE UNLOGGED TABLE fleeting (id int PRIMARY KEY); INSERT INTO fleeting VALUES (1);
                CREATE MATERIALIZED VIEW summary AS SELECT count(*) AS n FROM fleeting;
                CREATE TABLE parted (id int) PARTITION BY LIST (id);
                CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
                CREATE UNLOGGED TABLE parted_2 PARTITION OF parted FOR VALUES IN (2);
                INSERT INTO parted VALUES (1), (2)
                """,
            publishing: nil, snapshot: "mode: snapshot_only")
    }

    @Test("Generated columns come where the publication sends them")
    func generatedColumnsComeAsPublished() throws {
        let server = try PostgresServer.shared.session()
        guard try server.value("SHOW server_version_num").flatMap({ Int($0) }) ?? 0 >= 180_000 else {
            return LeftOut.say("publish_generated_columns: PostgreSQL 18 has it")
        }
        for (option, value) in [("none", #"{"id":1}"#), ("stored", #"{"id":1,"twice":2}"#)] {
            try expect(
                [Table(name: "public.computed", key: "id", records: ["1 → \(value)"])],
                of: """
                    CREATE TABLE computed (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED,
                        thrice int GENERATED ALWAYS AS (id * 3) VIRTUAL);
                    INSERT INTO computed VALUES (1)
                    """,
                publishing: "FOR ALL TABLES WITH (publish_generated_columns = \(option))", snapshot: "mode: initial")
        }
    }

    @Test("What cannot be read is refused by name, all at once, before a row is sent")
    func whatCannotBeReadIsRefused() throws {
        let plain = ["fine", "hidden", "lists", "noctid", "tree", "fleeting", "wrong", "called"]
        let scene = try Scene(
            """
            CREATE TABLE fine (id int PRIMARY KEY, v text); INSERT INTO fine VALUES (1, 'v');
            CREATE TABLE hidden (LIKE fine INCLUDING ALL); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
            CREATE TABLE lists (LIKE fine INCLUDING ALL); CREATE TABLE noctid (LIKE fine INCLUDING ALL);
            CREATE TABLE wrong (LIKE fine INCLUDING ALL); CREATE TABLE called (LIKE fine INCLUDING ALL);
            CREATE UNLOGGED TABLE fleeting (LIKE fine INCLUDING ALL);
            CREATE TABLE tree (id int, v text) PARTITION BY LIST (id);
            CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
            CREATE FOREIGN TABLE tree_far PARTITION OF tree FOR VALUES IN (1) SERVER s;
            CREATE VIEW seen AS SELECT * FROM fine;
            CREATE FUNCTION f(text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
            REVOKE EXECUTE ON FUNCTION f FROM PUBLIC
            """,
            rules: Dictionary(uniqueKeysWithValues: (plain + ["seen"]).map { ($0, "{key: [id]}") }),
            publishing: "FOR ALL TABLES WITH (publish_via_partition_root = true)")
        try scene.sql.execute(
            """
            GRANT SELECT ON fine, hidden, wrong, called, fleeting, tree, tree_far, seen TO \(scene.role);
            GRANT SELECT (id, ctid) ON lists TO \(scene.role); GRANT SELECT (id, v) ON noctid TO \(scene.role)
            """)
        let conditions = ["wrong": ", queryCondition: nom = 1", "called": ", queryCondition: f(v)"]
        let common = [
            "public.hidden has row-level security, which may hide rows from this role",
            "public.lists may not be read by this role", "public.noctid may not be read by this role",
            "public.tree_far is a foreign table",
            #"public.wrong has a condition that the server refuses: column \"nom\" does not exist"#,
            "public.called has a condition that the server refuses: permission denied for function f",
        ]
        for (mode, tables, reasons) in [
            ("initial", plain, ["public.fleeting is not published"]),
            ("snapshot_only", plain + ["seen"], ["public.seen is no table"]),
        ] {
            let list = tables.map { "{name: \($0)\(conditions[$0] ?? "")}" }.joined(separator: ", ")
            let (status, log) = try scene.runToEnd(
                scene.configuration(
                    cdc: ["snapshot: {mode: \(mode), tables: [\(list)]}"],
                    kafka: ["stateTopic: \(UniqueName.next("state"))"]))
            #expect(status == .exited(78), "\(log)")
            for reason in common + reasons { #expect(log.contains(reason), "\(reason)\n\(log)") }
        }
        #expect(try scene.consumer().recordsToEnd().isEmpty)
    }
}
