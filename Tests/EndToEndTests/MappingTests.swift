import TestSupport
import Testing

/// What mapping rules make of changes, from a real server to a real consumer.
@Suite struct MappingTests {
    /// Runs the statements while a daemon with this mapping streams, and returns what arrived in the topics.
    private func records(
        _ scene: Scene, _ mapping: String, kafka: [String] = [], topics: [String], count: Int, _ statements: [String]
    ) throws -> [ConsumedRecord] {
        let daemon = try scene.run(scene.configuration(mappingText: mapping, kafka: kafka))
        for statement in statements { try scene.sql.execute(statement) }
        let consumer = try RecordConsumer(scene.cluster.bootstrapServers, topics: topics)
        let records = try consumer.records(count: count)
        expectCleanStop(daemon)
        #expect(try consumer.recordsToEnd().map(\.text).isEmpty)
        return records
    }

    @Test func aRowDecidesAboutItsTopicWhichIsCreatedAsItComes() throws {
        let scene = try Scene(
            "CREATE TABLE orders (id int PRIMARY KEY, region text)", rules: [:], publishing: "FOR ALL TABLES")
        let prefix = scene.topic("orders")
        let all = try records(
            scene, "  tables: {public.orders: {topic: '\(prefix).{column:region|lower}'}}",
            topics: ["\(prefix).eu", "\(prefix).us"], count: 3,
            ["INSERT INTO orders VALUES (1, 'EU'), (2, 'US')", "INSERT INTO orders VALUES (3, 'eu')"])
        #expect(
            Dictionary(grouping: all, by: \.topic).mapValues { $0.map(\.text) } == [
                "\(prefix).eu": [#"1 → {"id":1,"region":"EU"}"#, #"3 → {"id":3,"region":"eu"}"#],
                "\(prefix).us": [#"2 → {"id":2,"region":"US"}"#],
            ])
    }

    @Test("The partition is that of Java's default partitioner", arguments: KafkaKind.available)
    func thePartitionIsThatOfJavasDefaultPartitioner(kind: KafkaKind) throws {
        let cluster = try kind.shared()
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE other (id int PRIMARY KEY, owner int)",
            rules: ["users": "{}", "other": "{partition: {columns: [owner]}}"], on: cluster, partitions: 7)
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO users SELECT i, 'x' FROM generate_series(1, 200) i")
        try scene.sql.execute("INSERT INTO other SELECT 1000 + i, i FROM generate_series(1, 200) i")
        for record in try scene.consumer("users").records(count: 200) {
            let key = try #require(record.key)
            #expect(record.partition == murmur2Partition(of: key, among: 7), "\(record.text)")
        }
        for record in try scene.consumer("other").records(count: 200) {
            let id = try #require(record.keyText.flatMap { Int($0) })
            #expect(record.partition == murmur2Partition(of: Array("\(id - 1000)".utf8), among: 7), "\(record.text)")
        }
        expectCleanStop(daemon)
    }

    @Test func aRecordWithoutAKeyHasItsPartitionAllTheSame() throws {
        let scene = try Scene(
            "CREATE TABLE users (owner int, n int)", rules: ["users": "{partition: {columns: [owner]}}"], partitions: 7)
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO users SELECT i, i FROM generate_series(1, 50) i")
        for record in try scene.consumer().records(count: 50) {
            let owner = try #require(record.valueText?.split { !$0.isNumber }.first)
            #expect(record.partition == murmur2Partition(of: Array(owner.utf8), among: 7), "\(record.text)")
        }
        expectCleanStop(daemon)
    }

    @Test func aColumnCanNameThePartition() throws {
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, shard int)", rules: ["users": "{partition: {number: shard}}"],
            partitions: 3)
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO users SELECT i, i % 3 FROM generate_series(1, 30) i")
        for record in try scene.consumer().records(count: 30) {
            #expect(record.partition == Int32(record.keyText ?? "").map { $0 % 3 }, "\(record.text)")
        }
        expectCleanStop(daemon)
    }

    @Test func aPartitionThatTheTopicDoesNotHaveIsAnErrorOfTheRow() throws {
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, shard int)",
            rules: ["users": "{partition: {number: shard}, onError: skip}"], partitions: 2)
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO users VALUES (1, 0)")
        let consumer = try scene.consumer()
        // Only a client that has seen the topic knows its partitions at once.
        #expect(try consumer.records(count: 1).map(\.text) == [#"1 → {"id":1,"shard":0}"#])
        try scene.sql.execute("INSERT INTO users VALUES (2, 5), (3, 1)")
        #expect(try consumer.records(count: 1).map(\.text) == [#"3 → {"id":3,"shard":1}"#])
        try scene.waitUntilConfirmed(scene.currentLSN())
        expectCleanStop(daemon)
    }

    @Test("Standard headers tell a change's place", arguments: KafkaKind.available)
    func standardHeadersTellAChangesPlace(kind: KafkaKind) throws {
        let scene = try Scene(
            rules: ["users": "{headers: standard, timestamp: commit, onDelete: tombstone}"], on: kind.shared())
        let daemon = try scene.run()
        try scene.sql.execute("CREATE TABLE unseen (id int PRIMARY KEY)")
        try scene.sql.execute(
            "BEGIN; INSERT INTO users VALUES (1, 'a'); INSERT INTO unseen VALUES (1); UPDATE users SET id = 2; COMMIT")
        let records = try scene.consumer().records(count: 3)
        #expect(records.map(\.text) == [#"1 → {"id":1,"name":"a"}"#, "1 → -", #"2 → {"id":2,"name":"a"}"#])
        #expect(records.map { $0.header("pqcdc.operation") } == ["INSERT", "DELETE", "UPDATE"])
        // The change of the other table counts too.
        #expect(records.map { $0.header("pqcdc.txOrdinal") } == ["1", "3", "3"])
        for name in ["pqcdc.xid", "pqcdc.commitLsn", "pqcdc.commitTime"] {
            let values = Set(records.map { $0.header(name) })
            #expect(values.count == 1 && values != [nil], "\(name)")
        }
        let commitLSN = try #require(records[0].header("pqcdc.commitLsn"))
        let lsn = try #require(records[2].header("pqcdc.lsn"))
        #expect(try scene.sql.value("SELECT '\(lsn)'::pg_lsn < '\(commitLSN)'::pg_lsn") == "t")
        #expect(records.map { $0.header("pqcdc.schema") } == ["public", "public", "public"])
        #expect(records.map { $0.header("pqcdc.table") } == ["users", "users", "users"])
        let commitTime = try #require(records[0].header("pqcdc.commitTime"))
        let milliseconds = try scene.sql.value("SELECT floor(extract(epoch FROM '\(commitTime)'::timestamptz) * 1000)")
        #expect(records.map(\.timestamp) == Array(repeating: Int64(milliseconds ?? ""), count: 3))
        expectCleanStop(daemon)
    }

    @Test func patternsNameTablesAndTheMostSpecificRuleDecides() throws {
        let scene = try Scene(
            """
            CREATE SCHEMA tenant_a; CREATE SCHEMA tenant_b; CREATE SCHEMA audit;
            CREATE TABLE tenant_a.orders (id int PRIMARY KEY); CREATE TABLE tenant_b.orders (id int PRIMARY KEY);
            CREATE TABLE tenant_b.secrets (id int PRIMARY KEY); CREATE TABLE audit.log_2026 (id int PRIMARY KEY)
            """, rules: [:])
        let prefix = scene.topic("x")
        let all = try records(
            scene,
            """
              tables:
                "tenant_*.*": {topic: "\(prefix).{schema}.{table}"}
                "tenant_?.orders": {topic: "\(prefix).orders", columns: {constants: {from: tenants}}}
                tenant_b.orders: {topic: "\(prefix).b"}
                "~audit[.]log_[0-9]+": {topic: "\(prefix).log"}
            """,
            topics: ["\(prefix).orders", "\(prefix).b", "\(prefix).tenant_b.secrets", "\(prefix).log"], count: 4,
            ["tenant_a.orders", "tenant_b.orders", "tenant_b.secrets", "audit.log_2026"].enumerated().map {
                "INSERT INTO \($1) VALUES (\($0))"
            })
        #expect(
            Dictionary(uniqueKeysWithValues: all.map { ($0.topic, $0.text) }) == [
                "\(prefix).orders": #"0 → {"id":0,"from":"tenants"}"#, "\(prefix).b": #"1 → {"id":1}"#,
                "\(prefix).tenant_b.secrets": #"2 → {"id":2}"#, "\(prefix).log": #"3 → {"id":3}"#,
            ])
    }

    @Test func anOutboxTableSendsItsPayloads() throws {
        let scene = try Scene(
            """
            CREATE TABLE outbox (id uuid PRIMARY KEY, aggregatetype text, aggregateid text, type text, payload jsonb)
            """, rules: [:])
        let prefix = scene.topic("outbox")
        let all = try records(
            scene,
            """
              tables:
                public.outbox:
                  topic: "\(prefix).{column:aggregatetype}"
                  outbox: {headers: [id, type]}
            """, topics: ["\(prefix).order", "\(prefix).user"], count: 2,
            [
                "INSERT INTO outbox VALUES ('00000000-0000-0000-0000-000000000001', 'order', '7', 'paid', '{\"a\": 1}')",
                "INSERT INTO outbox VALUES ('00000000-0000-0000-0000-000000000002', 'user', 'u', 'new', '[]')",
                "DELETE FROM outbox",
            ])
        #expect(all.map(\.text).sorted() == [#"7 → {"a": 1}"#, "u → []"])
        let order = try #require(all.first { $0.keyText == "7" })
        #expect(order.header("id") == "00000000-0000-0000-0000-000000000001" && order.header("type") == "paid")
    }

    @Test func logicalMessagesGoToTheirTopicInTheirPlace() throws {
        let scene = try Scene(rules: [:])
        let prefix = scene.topic("m")
        // One partition, so that the order can be seen.
        try scene.cluster.createTopic(prefix, partitions: 1, config: [:])
        let all = try records(
            scene,
            """
              tables: {public.users: {topic: "\(prefix)"}}
              messages:
                app.json: {topic: "\(prefix)", content: json}
                app.*: {topic: "\(prefix)"}
                bytes: {topic: "\(prefix)", content: base64}
                raw: {topic: "\(prefix)", content: raw}
            """, topics: [prefix], count: 7,
            [
                """
                BEGIN; INSERT INTO users VALUES (1, 'a'); SELECT pg_logical_emit_message(true, 'app.text', 'say "hi"');
                INSERT INTO users VALUES (2, 'b'); SELECT pg_logical_emit_message(true, 'app.json', '{"a": [1]}'); COMMIT
                """,
                "BEGIN; SELECT pg_logical_emit_message(true, 'app.lost', 'x'); ROLLBACK",
                "SELECT pg_logical_emit_message(false, 'bytes', '\\x00ff'::bytea)",
                "SELECT pg_logical_emit_message(false, 'nobody', 'x')",
                "SELECT pg_logical_emit_message(true, 'raw', 'as it is')",
                "INSERT INTO users VALUES (3, 'c')",
            ])
        #expect(
            all.map(\.text) == [
                #"1 → {"id":1,"name":"a"}"#, #"app.text → {"prefix":"app.text","content":"say \"hi\""}"#,
                #"2 → {"id":2,"name":"b"}"#, #"app.json → {"prefix":"app.json","content":{"a": [1]}}"#,
                #"bytes → {"prefix":"bytes","content":"AP8="}"#, "raw → as it is", #"3 → {"id":3,"name":"c"}"#,
            ])
    }

    @Test func eachShapeOfATableIsRecorded() throws {
        let scene = try Scene("CREATE TABLE users (id int PRIMARY KEY, price numeric(10,2))", rules: [:])
        let prefix = scene.topic("s")
        try scene.cluster.createTopic(prefix, partitions: 1, config: [:])
        let all = try records(
            scene, "  tables: {public.users: {topic: \(prefix)}}\n  schemaChanges: {topic: \(prefix)}",
            topics: [prefix], count: 5,
            [
                "INSERT INTO users VALUES (1, 2)", "INSERT INTO users VALUES (2, 3)",
                "ALTER TABLE users RENAME price TO cost", "INSERT INTO users VALUES (3, 4)",
            ])
        let id = #"{"name":"id","type":"integer","identity":true}"#
        let price = #"{"name":"price","type":"numeric(10,2)","identity":false}"#
        let lsn = /"commitLsn":"[1-9A-F][0-9A-F]*\/[0-9A-F]+"|"commitLsn":"0\/[1-9A-F][0-9A-F]*"/
        #expect(
            all.map { $0.text.replacing(lsn, with: "LSN") } == [
                #"public.users → {"schema":"public","table":"users",LSN,"old":null,"new":[\#(id),\#(price)]}"#,
                #"1 → {"id":1,"price":2.00}"#, #"2 → {"id":2,"price":3.00}"#,
                #"public.users → {"schema":"public","table":"users",LSN,"old":[\#(id),\#(price)],"#
                    + #""new":[\#(id),\#(price.replacing("price", with: "cost"))]}"#,
                #"3 → {"id":3,"cost":4.00}"#,
            ])
    }

    @Test("Failure mode 8: an unchanged TOAST value can be read from its table")
    func anUnchangedTOASTValueCanBeReadFromItsTable() throws {
        let scene = try Scene(
            "CREATE TABLE users (id int, kind text, n int, doc text, note text, PRIMARY KEY (id, kind))", rules: [:])
        try scene.sql.execute("ALTER TABLE users ALTER doc SET STORAGE EXTERNAL, ALTER note SET STORAGE EXTERNAL")
        try scene.sql.execute("GRANT SELECT ON users TO \(scene.role)")
        let topic = scene.topic("users")
        let daemon = try scene.run(
            scene.configuration(mappingText: "  tables: {public.users: {topic: \(topic), unchangedToast: reselect}}"))
        let consumer = try scene.consumer("users")
        let doc = String(repeating: "x", count: 9000)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'it''s', 1, '\(doc)', repeat('y', 9000))")
        // The first update's note is what the second one has left.
        try scene.sql.execute("BEGIN; UPDATE users SET n = 2; UPDATE users SET note = NULL; COMMIT")
        let updates = try consumer.records(count: 3).dropFirst()
        let row = #"{"id":1,"kind":"it's"} → {"id":1,"kind":"it's","n":2,"doc":"\#(doc)","note":null}"#
        #expect(updates.map { $0.text == row } == [true, true])
        #expect(updates.map { $0.header("pqcdc.reselected") } == [#"["doc","note"]"#, #"["doc"]"#])
        // The row is gone when its last update is read.
        try scene.sql.execute("BEGIN; UPDATE users SET n = 3; DELETE FROM users; COMMIT")
        let last = try consumer.records(count: 2)[0]
        #expect(last.text == #"{"id":1,"kind":"it's"} → {"id":1,"kind":"it's","n":3,"note":null}"#)
        #expect(last.header("pqcdc.unchangedToast") == #"["doc"]"# && last.header("pqcdc.reselected") == nil)
        expectCleanStop(daemon)
    }

    @Test func valuesThatAreLeftOutAreListedInAHeader() throws {
        let scene = try Scene("CREATE TABLE users (id int PRIMARY KEY, n int, doc text)")
        try scene.sql.execute("ALTER TABLE users ALTER doc SET STORAGE EXTERNAL")
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO users VALUES (1, 1, repeat('x', 9000))")
        try scene.sql.execute("UPDATE users SET n = 2")
        let records = try scene.consumer().records(count: 2)
        #expect(records.map { $0.header("pqcdc.unchangedToast") } == [nil, #"["doc"]"#])
        expectCleanStop(daemon)
    }

    @Test func aPartitionThatIsPublishedAsItsRootNeedsNoRuleOfItsOwn() throws {
        let scene = try Scene(
            """
            CREATE TABLE users (id int PRIMARY KEY, name text) PARTITION BY RANGE (id);
            CREATE TABLE users_1 PARTITION OF users FOR VALUES FROM (0) TO (10)
            """, publishing: "FOR TABLE users WITH (publish_via_partition_root)")
        let daemon = try scene.run(scene.configuration(mapping: ["unmapped: error"]))
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        #expect(try scene.consumer().records(count: 1).map(\.text) == [#"1 → {"id":1,"name":"a"}"#])
        expectCleanStop(daemon)
    }
}
