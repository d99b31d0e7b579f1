import Pipeline
import Postgres
import RowMapping
import TestSupport
import Testing

@testable import pqcdc_kafka

/// `PostgresCatalog.reselect` against a real server.
@Suite struct ReselectTests {
    private static let docs = TableName(schema: "public", name: "docs")

    private func text(_ value: [UInt8]?) -> String? { value.map { String(decoding: $0, as: UTF8.self) } }

    private func key(_ pairs: (String, String)...) -> [(column: String, value: [UInt8])] {
        pairs.map { (column: $0.0, value: Array($0.1.utf8)) }
    }

    /// The SQLSTATE that the pipeline gets to decide by.
    private func sqlState(_ body: () async throws -> Void) async throws -> String? {
        do {
            try await body()
        } catch PipelineError.source(let failure) {
            return failure.sqlState
        }
        Issue.record("nothing was thrown")
        return nil
    }

    @Test func namesAreQuotedAndKeysOfSeveralColumnsMatchAll() async throws {
        let database = try TestDatabase(
            #"""
            CREATE SCHEMA "Odd.S";
            CREATE TABLE "Odd.S"."a ""b" ("K 1" int, k2 text, "Body" text, n int, PRIMARY KEY ("K 1", k2));
            INSERT INTO "Odd.S"."a ""b" VALUES (1, 'it''s', 'right', NULL), (1, 'other', 'wrong', 5)
            """#)
        try database.sql.execute(#"GRANT USAGE ON SCHEMA "Odd.S" TO \#(database.role)"#)
        try database.grant(#""Odd.S"."a ""b""#)
        let catalog = PostgresCatalog(parameters: database.parameters, publication: "p")
        let row = try await catalog.reselect(
            ["Body", "n"], of: TableName(schema: "Odd.S", name: "a \"b"), where: key(("K 1", "1"), ("k2", "it's")))
        #expect(row?.map(text) == ["right", nil])
    }

    @Test(arguments: [
        ("smallint", "-1"), ("bigint", "9223372036854775807"), ("numeric", "1.50"), ("double precision", "0.1"),
        ("boolean", "true"), ("text", "a'b\\c\"$1 ü😀"), ("char(5)", "ab"), ("varchar(9)", ""),
        ("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("date", "0044-03-15 BC"), ("timestamptz", "2026-01-02 03:04:05.123456+02"), ("interval", "1 mon -2 days"),
        ("bytea", "\\x00ff"), ("inet", "10.0.0.0/8"), ("int[]", "{1,NULL}"), ("mood", "so so"), ("positive", "7"),
    ])
    func aKeyOfAnyTypeFindsItsRow(_ type: String, _ value: String) async throws {
        let database = try TestDatabase(
            """
            CREATE TYPE mood AS ENUM ('so so'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
            CREATE TABLE docs (k \(type) PRIMARY KEY, body text)
            """)
        try database.grant("docs")
        let literal = try Connection(database.parameters).quoteLiteral(value)
        try database.sql.execute("INSERT INTO docs VALUES (\(literal), 'found')")
        // As the stream prints it: with the session's settings.
        let printed = try #require(
            try Connection(database.parameters).query("SELECT k FROM public.docs", to: "read")[0, 0])
        let catalog = PostgresCatalog(parameters: database.parameters, publication: "p")
        #expect(try await catalog.reselect(["body"], of: Self.docs, where: key(("k", printed)))?.map(text) == ["found"])
    }

    @Test func valuesAreTheTextsThatTheStreamHas() async throws {
        let database = try TestDatabase(
            """
            CREATE TABLE docs (id int PRIMARY KEY, at timestamptz, bytes bytea, number float8, span interval, day date);
            INSERT INTO docs VALUES (1, '2026-07-01 12:00+02', '\\x00ff', 0.1::float8 + 0.2, '1 day 02:00', '2026-12-31')
            """)
        try database.grant("docs")
        for setting in [
            "TimeZone = 'Asia/Tokyo'", "DateStyle = 'SQL, DMY'", "bytea_output = escape", "extra_float_digits = -5",
            "IntervalStyle = sql_standard", "client_encoding = LATIN1",
        ] { try database.sql.execute("ALTER ROLE \(database.role) SET \(setting)") }
        let catalog = PostgresCatalog(parameters: database.parameters, publication: "p")
        let row = try await catalog.reselect(
            ["at", "bytes", "number", "span", "day"], of: Self.docs, where: key(("id", "1")))
        #expect(
            row?.map(text) == [
                "2026-07-01 10:00:00+00", "\\x00ff", "0.30000000000000004", "1 day 02:00:00", "2026-12-31",
            ])
    }

    @Test(arguments: ["", "PARTITION BY LIST (id)"])
    func itNeedsNoMoreThanTheColumnsThatItReadsAndTheKey(_ partitioning: String) async throws {
        let database = try TestDatabase(
            "CREATE TABLE docs (id int PRIMARY KEY, body text, hidden text) \(partitioning)")
        if !partitioning.isEmpty { try database.sql.execute("CREATE TABLE leaf PARTITION OF docs DEFAULT") }
        try database.sql.execute("INSERT INTO docs VALUES (1, 'found', 'x')")
        try database.sql.execute("GRANT SELECT (id, body) ON docs TO \(database.role)")
        let catalog = PostgresCatalog(parameters: database.parameters, publication: "p")
        #expect(try await catalog.reselect(["body"], of: Self.docs, where: key(("id", "1")))?.map(text) == ["found"])
    }

    @Test func aRowThatIsGoneIsNoRow() async throws {
        let database = try TestDatabase("CREATE TABLE docs (id int PRIMARY KEY, body text)")
        try database.grant("docs")
        let catalog = PostgresCatalog(parameters: database.parameters, publication: "p")
        #expect(try await catalog.reselect(["body"], of: Self.docs, where: key(("id", "1"))) == nil)
        // A key that no text of PostgreSQL's can be: cut at the NUL it would be another row's.
        try database.sql.execute("INSERT INTO docs VALUES (1, 'a')")
        #expect(try await catalog.reselect(["body"], of: Self.docs, where: key(("id", "1\0"))) == nil)
    }

    @Test("A change that is older than the table's shape finds no row, and stops nothing")
    func aShapeThatIsGoneIsNoRow() async throws {
        let database = try TestDatabase("CREATE TABLE docs (id int PRIMARY KEY, body text)")
        try database.grant("docs")
        let catalog = PostgresCatalog(parameters: database.parameters, publication: "p")
        for (column, table) in [("dropped", Self.docs), ("body", TableName(schema: "public", name: "gone"))] {
            #expect(try await catalog.reselect([column], of: table, where: key(("id", "1"))) == nil)
        }
        #expect(
            try await catalog.reselect(["body"], of: TableName(schema: "gone", name: "docs"), where: key(("id", "1")))
                == nil)
    }

    @Test func onlyTheTablesOwnRowsCountAndAPartitionedTablesAllDo() async throws {
        let database = try TestDatabase(
            """
            CREATE TABLE docs (id int PRIMARY KEY, body text); CREATE TABLE child () INHERITS (docs);
            INSERT INTO docs VALUES (1, 'own'); INSERT INTO child VALUES (1, 'a child''s'), (2, 'a child''s');
            CREATE TABLE parted (id int PRIMARY KEY, body text) PARTITION BY RANGE (id);
            CREATE TABLE leaf PARTITION OF parted FOR VALUES FROM (0) TO (9); INSERT INTO parted VALUES (3, 'leaf')
            """)
        try database.grant("docs", "parted", "leaf")
        let catalog = PostgresCatalog(parameters: database.parameters, publication: "p")
        #expect(try await catalog.reselect(["body"], of: Self.docs, where: key(("id", "1")))?.map(text) == ["own"])
        #expect(try await catalog.reselect(["body"], of: Self.docs, where: key(("id", "2"))) == nil)
        for table in ["parted", "leaf"] {
            let name = TableName(schema: "public", name: table)
            #expect(try await catalog.reselect(["body"], of: name, where: key(("id", "3")))?.map(text) == ["leaf"])
        }
    }

    @Test func aKeyThatSeveralRowsHaveIsRefused() async throws {
        let database = try TestDatabase(
            "CREATE TABLE docs (id int, body text); INSERT INTO docs VALUES (1, 'a'), (1, 'b')")
        try database.grant("docs")
        let catalog = PostgresCatalog(parameters: database.parameters, publication: "p")
        let state = try await sqlState {
            _ = try await catalog.reselect(["body"], of: Self.docs, where: key(("id", "1")))
        }
        #expect(state == "21000")
    }

    @Test func whatTheRoleMayNotReadIsAMissingPrivilegeAndNeverAMissingRow() async throws {
        let database = try TestDatabase(
            """
            CREATE TABLE docs (id int PRIMARY KEY, body text); INSERT INTO docs VALUES (1, 'a');
            CREATE TABLE guarded (LIKE docs); INSERT INTO guarded VALUES (1, 'a');
            ALTER TABLE guarded ENABLE ROW LEVEL SECURITY
            """)
        try database.grant("guarded")
        let catalog = PostgresCatalog(parameters: database.parameters, publication: "p")
        for table in ["docs", "guarded"] {
            let state = try await sqlState {
                _ = try await catalog.reselect(
                    ["body"], of: TableName(schema: "public", name: table), where: key(("id", "1")))
            }
            #expect(state == "42501", "\(table)")
        }
        // Refused is not broken: the connection goes on.
        try database.grant("docs")
        #expect(try await catalog.reselect(["body"], of: Self.docs, where: key(("id", "1")))?.map(text) == ["a"])
    }

    @Test func theConnectionIsKeptAndMadeAnewWhenItHasEnded() async throws {
        let database = try TestDatabase(
            "CREATE TABLE docs (id int PRIMARY KEY, body text); INSERT INTO docs VALUES (1, 'a')")
        try database.grant("docs")
        let catalog = PostgresCatalog(parameters: database.parameters, publication: "p")
        let sessions = "FROM pg_stat_activity WHERE usename = '\(database.role)'"
        func ask() async throws -> String? {
            #expect(try await catalog.reselect(["body"], of: Self.docs, where: key(("id", "1")))?.map(text) == ["a"])
            return try database.sql.value("SELECT min(pid) \(sessions)")
        }
        let first = try await ask()
        #expect(try await ask() == first)
        try database.sql.execute("SELECT pg_terminate_backend(pid) \(sessions)")
        try eventually(within: .seconds(5), "the session's end") {
            try database.sql.value("SELECT count(*) \(sessions)") == "0"
        }
        let second = try await ask()
        #expect(second != nil && second != first)
    }

    @Test func aValueOfManyMegabytesIsWhole() async throws {
        let database = try TestDatabase(
            """
            CREATE TABLE docs (id int PRIMARY KEY, body text);
            ALTER TABLE docs ALTER body SET STORAGE EXTERNAL; INSERT INTO docs VALUES (1, repeat('0123456789', 4000000))
            """)
        try database.grant("docs")
        let catalog = PostgresCatalog(parameters: database.parameters, publication: "p")
        let row = try await catalog.reselect(["body"], of: Self.docs, where: key(("id", "1")))
        let body = try #require(row?.first ?? nil)
        #expect(body.count == 40_000_000 && body.suffix(3) == Array("789".utf8)[...])
    }
}
