import ReplicationProtocol
import TestSupport
import Testing

@testable import Postgres

/// What a snapshot reads of a table is what the publication would have sent of it.
@Suite struct SnapshotTableTests {
    @Test func quotedAndMixedCaseNamesAreRead() throws {
        let scene = try SnapshotScene(
            #"""
            CREATE SCHEMA "Odd.S"; CREATE TABLE "Odd.S"."a ""b\" ("K 1" int PRIMARY KEY, "Sel'ect" text, "user" text);
            INSERT INTO "Odd.S"."a ""b\" VALUES (1, E'tab\there\\ and\nline', NULL), (2, '\N', '')
            """#)
        let tables = try scene.tables(#"a "b\"#, schema: "Odd.S")
        #expect(tables.map(\.primaryKey) == [["K 1"]])
        #expect(try scene.rows(tables) == [["1", "tab\there\\ and\nline", nil], ["2", "\\N", ""]])
    }

    @Test func generatedColumnsAreLeftOutAsTheStreamDoes() throws {
        let scene = try SnapshotScene(
            """
            CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c int, d int);
            INSERT INTO t (a, c, d) VALUES (1, 3, 4); ALTER TABLE t DROP COLUMN c; CREATE PUBLICATION p FOR TABLE t
            """)
        for publication in [nil, "p"] {
            let tables = try scene.tables("t", publication: publication)
            #expect(tables[0].relation.columns.map(\.name) == ["a", "d"])
            #expect(try scene.rows(tables) == [["1", "4"]])
        }
    }

    @Test func rowFilterColumnListAndConditionHoldTogether() throws {
        let scene = try SnapshotScene(
            """
            CREATE TABLE t (id int PRIMARY KEY, kind text, secret text);
            INSERT INTO t VALUES (1, 'a', 'x'), (2, 'b', 'x'), (3, 'a', 'x'), (4, NULL, 'x');
            CREATE PUBLICATION p FOR TABLE t (id, kind) WHERE (kind = 'a' OR id > 100)
            """)
        let tables = try scene.tables("t", publication: "p")
        #expect(tables[0].relation.columns.map(\.name) == ["id", "kind"])
        #expect(try scene.rows(tables) == [["1", "a"], ["3", "a"]])
        #expect(try scene.rows(tables, condition: "secret = 'x' AND id > 1 OR id < 0") == [["3", "a"]])
        #expect(try scene.rows(tables, condition: "false") == [])
    }

    private static let partitioned = """
        CREATE TABLE m (id int, region text, note text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
        CREATE TABLE m_eu PARTITION OF m FOR VALUES IN ('eu');
        CREATE TABLE m_us (note text, region text NOT NULL, dropped int, id int NOT NULL);
        ALTER TABLE m_us DROP COLUMN dropped; ALTER TABLE m_us ADD PRIMARY KEY (id, region);
        ALTER TABLE m ATTACH PARTITION m_us FOR VALUES IN ('us');
        CREATE TABLE m_rest PARTITION OF m DEFAULT PARTITION BY RANGE (id);
        CREATE TABLE m_rest_1 PARTITION OF m_rest FOR VALUES FROM (0) TO (1000);
        INSERT INTO m VALUES (1, 'eu', 'one'), (2, 'us', 'two'), (3, 'xx', NULL), (4, 'us', 'four');
        """

    @Test func partitionsAreReadAsTheirRootWherePublishedViaIt() throws {
        let scene = try SnapshotScene(
            Self.partitioned
                + "CREATE PUBLICATION p FOR TABLE m (id, region) WHERE (id <> 4) WITH (publish_via_partition_root = true)"
        )
        let tables = try scene.tables("m", publication: "p")
        #expect(tables.map(\.leaf.name) == ["m_eu", "m_rest_1", "m_us"])
        #expect(Set(tables.map(\.relation)).count == 1)
        #expect(tables.allSatisfy { $0.name.name == "m" && $0.primaryKey == ["id", "region"] })
        // Whatever the order of the partition's own columns.
        #expect(try scene.rows(tables) == [["1", "eu"], ["2", "us"], ["3", "xx"]])
    }

    @Test func partitionsAreTablesOfTheirOwnWithoutThat() throws {
        let scene = try SnapshotScene(
            Self.partitioned + "CREATE PUBLICATION p FOR TABLE m WITH (publish_via_partition_root = false)")
        let connection = try Connection(scene.database.parameters)
        let state = try #require(try PublicationState.read("p", on: connection))
        #expect(state.published.map(\.relation.name) == ["m_eu", "m_rest_1", "m_us"])
        let tables = try scene.tables("m_us", publication: "p")
        #expect(tables.map(\.leaf.name) == ["m_us"])
        #expect(tables[0].relation.columns.map(\.name) == ["note", "region", "id"])
        #expect(try scene.rows(tables) == [["four", "us", "4"], ["two", "us", "2"]])
    }

    @Test func tablesThatInheritAreNotRead() throws {
        let scene = try SnapshotScene(
            "CREATE TABLE t (id int); CREATE TABLE child () INHERITS (t); INSERT INTO t VALUES (1); INSERT INTO child VALUES (2)"
        )
        #expect(try scene.rows(scene.tables("t")) == [["1"]])
    }

    @Test func emptyTablesAndOnesWithoutKeyOrColumnsWork() throws {
        let scene = try SnapshotScene(
            """
            CREATE TABLE e (id int PRIMARY KEY); CREATE TABLE k (a text); INSERT INTO k VALUES ('x'), ('x');
            CREATE TABLE n (); INSERT INTO n DEFAULT VALUES
            """)
        let empty = try scene.tables("e")
        #expect(empty[0].pages == 0 && empty[0].estimatedRows == 0 && empty[0].byteCount == 0)
        #expect(try scene.rows(empty) == [])
        let keyless = try scene.tables("k")
        #expect(keyless[0].primaryKey == [])
        #expect(try scene.rows(keyless) == [["x"], ["x"]])
        #expect(try scene.rows(scene.tables("n")) == [[]])
    }

    @Test func whatDoesNotExistOrHoldsNoRowsIsSaid() throws {
        let scene = try SnapshotScene(
            """
            CREATE VIEW v AS SELECT 1 AS a; CREATE TABLE p (id int) PARTITION BY HASH (id);
            CREATE FOREIGN DATA WRAPPER w; CREATE SERVER f FOREIGN DATA WRAPPER w;
            CREATE FOREIGN TABLE ft (a text) SERVER f
            """)
        let connection = try Connection(scene.database.parameters)
        #expect(
            try SnapshotTable.read(RelationName(schema: "public", name: "no"), published: nil, on: connection) == nil)
        #expect(try scene.tables("p") == [])
        #expect(try scene.tables("v").map(\.kind) == [.view])
        #expect(try scene.tables("ft").map(\.kind) == [.foreignTable])
    }

    @Test func privilegesOnTheColumnsThatAreReadSuffice() throws {
        let database = try TestDatabase(
            """
            CREATE TABLE a (id int PRIMARY KEY, secret text); CREATE TABLE b (id int); CREATE TABLE c (id int);
            CREATE PUBLICATION p FOR TABLE a (id), b; ALTER TABLE c ENABLE ROW LEVEL SECURITY
            """)
        try database.sql.execute("GRANT SELECT (id) ON a TO \(database.role); GRANT SELECT ON c TO \(database.role)")
        let connection = try Connection(database.parameters)
        let state = try #require(try PublicationState.read("p", on: connection))
        func read(_ name: String) throws -> SnapshotTable? {
            let relation = RelationName(schema: "public", name: name)
            return try SnapshotTable.read(relation, published: state.published(relation), on: connection)?.first
        }
        #expect(try read("a")?.isReadable == false)
        // It is a column too, which SELECT on others does not include.
        try database.sql.execute("GRANT SELECT (ctid) ON a TO \(database.role); INSERT INTO a VALUES (7)")
        #expect(try read("a")?.isReadable == true)
        let reader = try SnapshotConnection(database.parameters)
        #expect(try SnapshotScene.rows(of: #require(try read("a")), pages: 0..<9, on: reader) == [["7"]])
        #expect(try read("b")?.isReadable == false)
        #expect(try read("c")?.hidesRows == true)
        #expect(
            try SnapshotTable.read(RelationName(schema: "public", name: "a"), published: nil, on: connection)?[0]
                .isReadable == false)
    }

    @Test func pagesRowsAndBytesAreEstimated() throws {
        let scene = try SnapshotScene(
            "CREATE TABLE t (id int PRIMARY KEY, body text); INSERT INTO t SELECT n, repeat('x', 100) FROM generate_series(1, 5000) n"
        )
        let fresh = try scene.tables("t")[0]
        #expect(fresh.estimatedRows == nil && fresh.pages > 10)
        try scene.database.sql.execute("ANALYZE t")
        let known = try scene.tables("t")[0]
        #expect(known.estimatedRows == 5000)
        #expect(known.byteCount >= Int(known.pages) * 8192)
    }

    @Test(
        arguments: [
            (rows: 100.0, pages: 10, now: 20, expected: 200), (rows: 0, pages: 0, now: 0, expected: 0),
            (rows: -1, pages: 0, now: 3, expected: nil),
            (rows: 1e300, pages: 1, now: 9, expected: 1_000_000_000_000_000),
            (rows: .nan, pages: 1, now: 1, expected: nil), (rows: 7, pages: 0, now: 5, expected: nil),
        ] as [(rows: Double, pages: Int, now: Int, expected: Int?)])
    func estimatesFollowTheTablesGrowth(_ rows: Double, _ pages: Int, _ now: Int, _ expected: Int?) {
        #expect(SnapshotTable.estimate(rows: rows, pages: pages, now: now) == expected)
    }

    @Test func rangesOfPagesCutATableWithoutOverlap() throws {
        let scene = try SnapshotScene(
            "CREATE TABLE t (id int PRIMARY KEY, body text); INSERT INTO t SELECT n, repeat('x', 500) FROM generate_series(1, 300) n; DELETE FROM t WHERE id % 7 = 0"
        )
        let table = try scene.tables("t")[0]
        let reader = try SnapshotConnection(scene.database.parameters)
        try reader.begin()
        var ids: [String?] = []
        var start: UInt32 = 0
        while start < table.pages {
            let pages = start..<start + 3
            let rows = try SnapshotScene.rows(of: table, pages: pages, on: reader)
            ids += rows.map { $0[0] }
            start += 3
        }
        // As they were inserted, page after page.
        #expect(ids == (1...300).filter { $0 % 7 != 0 }.map { "\($0)" })
    }
}
