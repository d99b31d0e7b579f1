import Postgres
import ReplicationProtocol
import RowMapping
import TestSupport
import Testing

/// A request's condition holds for the rows for which PostgreSQL says that the same text is true.
@Suite struct RowConditionAgreementTests {
    private static let schema = """
        CREATE TABLE t (id int PRIMARY KEY, b bigint, n numeric, f float8, s text COLLATE "C", c char(4) COLLATE "C", y boolean,
            d date, z timestamptz, u uuid);
        INSERT INTO t SELECT i, CASE WHEN i % 5 > 0 THEN i % 7 - 3 END, CASE WHEN i % 6 > 0 THEN (i % 9 - 4) / 2.0 END,
            CASE WHEN i % 11 > 0 THEN CASE i % 4 WHEN 0 THEN 'NaN' WHEN 1 THEN 1.5 ELSE i % 3 END END,
            CASE WHEN i % 4 > 0 THEN (ARRAY['', 'a', 'ab', 'a%', 'ä', E'\\\\', 'B', ' a ', E'x\ty'])[i % 9 + 1] END,
            CASE WHEN i % 3 > 0 THEN (ARRAY['a', 'ab ', 'b'])[i % 3 + 1] END,
            CASE WHEN i % 3 > 0 THEN i % 2 = 0 END, date '2026-01-01' + i % 4,
            CASE WHEN i % 7 > 0 THEN timestamptz '2026-01-01 00:00:00Z' + (i % 5) * interval '1 hour' END,
            CASE WHEN i % 2 = 0 THEN lpad(to_hex(i % 3), 32, '0')::uuid END
        FROM generate_series(1, 400) i
        """

    private static let comparisons = ["=", "<>", "<", "<=", ">", ">="]

    private static func value(_ column: String, _ random: inout SeededRandom) -> String {
        let values: [String] =
            switch column {
            case "id", "b": ["0", "1", "-3", "3", "100", "2"]
            case "n": ["0", "0.5", "-2", "1.50", "99"]
            case "f": ["1.5", "'NaN'", "0", "2"]
            case "s": ["''", "'a'", "'ab'", "'ä'", "'B'", "' a '", "'it''s'"]
            case "c": ["'a'", "'ab'", "'b '"]
            case "d": ["'2026-01-01'", "'2026-01-03'"]
            case "z": ["'2026-01-01T02:00:00Z'", "'2026-01-01T02:00:00+01:00'"]
            default: ["'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'"]
            }
        return values.randomElement(using: &random)!
    }

    private static func condition(_ depth: Int, _ random: inout SeededRandom) -> String {
        if depth > 0, Int.random(in: 0..<3, using: &random) > 0 {
            let left = condition(depth - 1, &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: return "not (\(left))"
            case 1: return "(\(left)) is \(Bool.random(using: &random) ? "not " : "")true"
            case 2: return "(\(left)) and (\(condition(depth - 1, &random)))"
            default: return "(\(left)) or (\(condition(depth - 1, &random)))"
            }
        }
        let column = ["id", "b", "n", "f", "s", "c", "d", "z", "u"].randomElement(using: &random)!
        switch Int.random(in: 0..<7, using: &random) {
        case 0: return "\(column) is \(Bool.random(using: &random) ? "not " : "")null"
        case 1: return "\(column) in (\(value(column, &random)), \(value(column, &random)))"
        case 2: return "\(column) not between \(value(column, &random)) and \(value(column, &random))"
        case 3: return "y"
        case 4: return "s like \(["'a%'", "'_'", "'%b'", "'a\\%'", "''"].randomElement(using: &random)!)"
        case 5: return "b \(comparisons.randomElement(using: &random)!) id"
        default:
            return "\(column) \(comparisons.randomElement(using: &random)!) \(value(column, &random))"
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func conditionsAgreeWithPostgreSQL(seed: UInt64) throws {
        let scene = try SnapshotScene(Self.schema)
        let table = try #require(try scene.tables("t").first)
        let reader = try SnapshotConnection(scene.database.parameters)
        try reader.begin()
        var random = SeededRandom(seed: seed)
        var held = 0
        for _ in 0..<120 {
            let text = Self.condition(3, &random)
            let plan = try RowCondition.parse(text).plan(for: table.relation)
            let expected = try scene.database.sql.query("SELECT id::text FROM t WHERE \(text) ORDER BY id").map {
                $0[0] ?? ""
            }
            var copy = try reader.copy(
                table.copyStatement(pages: 0..<max(table.pages, 1), reader.connection.quoting), to: "read t")
            var row = CopyRow()
            var found: [String] = []
            while let line = try copy.next() {
                try row.decode(line, columns: table.relation.columns.count)
                let raw = UnsafeRawBufferPointer(line)
                if try plan.passes(.insert, .none, row.tuples, raw.bytes) {
                    found.append(String(decoding: raw[row.tuples.new[0].range], as: UTF8.self))
                }
            }
            #expect(found.sorted() == expected.sorted(), "\(text)")
            held += found.isEmpty ? 0 : 1
        }
        #expect(held > 20)
    }

    /// What an earlier statement of the session has set decides nothing about how later values are printed.
    @Test(arguments: [
        "DateStyle = 'German'", "TimeZone = 'Asia/Tokyo'", "IntervalStyle = 'iso_8601'", "extra_float_digits = -5",
        "bytea_output = 'escape'",
    ])
    func aReaderPrintsAsBeforeWhateverWasSet(_ setting: String) throws {
        let scene = try SnapshotScene(
            """
            CREATE TABLE v (a int PRIMARY KEY, b timestamptz, c interval, d float8, e bytea);
            INSERT INTO v VALUES (1, '2026-02-03 04:05:06Z', '1 day 2 hours', 0.1::float8 + 0.2, '\\x00ff')
            """)
        let table = try #require(try scene.tables("v").first)
        let reader = try SnapshotConnection(scene.database.parameters)
        try reader.begin()
        let pages = 0..<max(table.pages, 1)
        let before = try SnapshotScene.rows(of: table, pages: pages, on: reader)
        let parts = setting.split(separator: " = ")
        // As a condition of the configuration may do while it reads.
        let condition = "set_config('\(parts[0])', '\(parts[1].filter { $0 != "'" })', false) IS NOT NULL"
        _ = try? SnapshotScene.rows(of: table, pages: pages, condition: condition, on: reader)
        let after = try? SnapshotScene.rows(of: table, pages: pages, on: reader)
        // A change that the server reports ends the session; one that it does not report is undone.
        #expect(after == nil || after == before)
        let renewed = try SnapshotConnection(scene.database.parameters)
        try renewed.connection.query("SET bytea_output = 'escape'; SET extra_float_digits = 0", to: "test")
        try renewed.renew()
        try renewed.begin()
        #expect(try SnapshotScene.rows(of: table, pages: pages, on: renewed) == before)
    }
}
