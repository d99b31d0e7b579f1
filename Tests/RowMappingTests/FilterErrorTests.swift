import ReplicationProtocol
import Testing

@testable import RowMapping

/// What is wrong with a filter, and where.
@Suite struct FilterErrorTests {
    private static let table = FilteredTable([
        .key("id", 20), .plain("status"), .plain("amount", 1700), .plain("active", 16), .plain("Mixed"),
        .plain("created_at", 1184), .plain("day", 1082), .plain("local", 1114), .plain("ref", 2950),
        .plain("data", 3802), .plain("color", 20_000), .plain("tags", 1009),
    ])

    private func failure(of filter: String) -> FilterError? {
        do throws(FilterError) {
            _ = try Self.table.plan(filter)
            return nil
        } catch {
            return error
        }
    }

    /// Offsets count Unicode scalars.
    static let examples: [(filter: String, offset: Int, description: String)] = [
        // Words and signs.
        ("", 0, "the filter is empty; leave the key out to pass every change"),
        ("id = ", 5, "expected a column or a value, found the end"),
        ("id == 1", 3, "there is no operator ==; write ="),
        ("id = 1 && active", 7, "there is no operator &; write and"),
        ("id = 1 || active", 7, "there is no operator |; write or"),
        ("!active", 0, "there is no operator !; write not"),
        ("id = 1 + 1", 7, "there is no arithmetic; compare the column with a number"),
        ("id = '1'::int", 8, "there are no casts; a value is of the type of its column"),
        ("status ~ 'x'", 7, "there are no regular expressions; write like"),
        ("status = 'paid", 9, "the text that begins here has no end; close it with '"),
        ("\"Mixed = 'x'", 0, "the name that begins here has no end; close it with \""),
        ("id = 12abc", 5, "a number ends in what is no digit; text stands in single quotes"),
        ("id = 1;", 6, "unexpected character ;"),
        // Structure.
        ("(id = 1", 0, "the parenthesis that begins here has no end"),
        ("id = 1)", 6, "there is no ( for this )"),
        ("id = 1 status = 'x'", 7, "expected \"and\", \"or\" or the end, found status"),
        ("(id = 1) = true", 9, "a condition cannot be compared; join conditions with and, or"),
        ("id in 1", 6, "expected ( and the values of \"in\", found 1"),
        ("id in ()", 7, "expected a value, found )"),
        ("id in (1 2)", 9, "expected , or ), found 2"),
        ("id not 1", 7, "expected \"in\", \"like\" or \"between\" after \"not\", found 1"),
        ("id is 1", 6, "expected \"null\", \"true\" or \"false\" after \"is\", found 1"),
        ("id between 1 or 2", 13, "expected \"and\" and the upper value of between, found or"),
        ("and = 1", 0, "expected a column, found and"),
        ("public.t = 1", 0, "a column belongs to \"new\" or \"old\"; leave the table's name out"),
        ("lower(status) = 'x'", 0, "there is no function lower; the only one is changed(column)"),
        ("changed(old.id)", 12, "changed() compares both rows; leave new. or old. out"),
        // Columns.
        ("statsu = 'x'", 0, "table public.t has no column \"statsu\"; did you mean \"status\"?"),
        ("id = 1 and mixed = 'x'", 11, "table public.t has no column \"mixed\"; did you mean \"Mixed\"?"),
        ("status = 'é😀' and wrong = 1", 18, "table public.t has no column \"wrong\""),
        ("status = \"paid out\"", 9, "table public.t has no column \"paid out\"; text stands in single quotes"),
        (
            "old.status = 'x'", 4,
            "the replica identity of table public.t does not carry column \"status\", so its old value is never known;"
                + " set REPLICA IDENTITY FULL, or leave the old value out"
        ),
        (
            "changed(status)", 8,
            "the replica identity of table public.t does not carry column \"status\", so its old value is never known;"
                + " set REPLICA IDENTITY FULL, or leave the old value out"
        ),
        // Types.
        ("id = '1'", 5, "column \"id\" is an integer and is compared with text; a number stands without quotes"),
        ("'1' = id", 0, "column \"id\" is an integer and is compared with text; a number stands without quotes"),
        (
            "amount in (1, 'x')", 14,
            "column \"amount\" is a number and is compared with text; a number stands without quotes"
        ),
        ("status = 100", 9, "column \"status\" is text and is compared with a number; text stands in single quotes"),
        ("status = true", 9, "column \"status\" is text and is compared with a boolean; text stands in single quotes"),
        ("active = 't'", 9, "column \"active\" is a boolean and is compared with text; write true or false"),
        ("active > false", 0, "column \"active\" is a boolean, which has no order here; write =, <> or in"),
        (
            "color < 'x'", 0,
            "column \"color\" is of a type that the database defines, which has no order here; write =, <> or in"
        ),
        (
            "data = '{}'", 0,
            "column \"data\" is of a type that a filter does not compare; \"is null\" and changed() can be asked of it"
        ),
        (
            "tags = '{}'", 0,
            "column \"tags\" is of a type that a filter does not compare; \"is null\" and changed() can be asked of it"
        ),
        ("id = status", 5, "column \"id\" is an integer and column \"status\" is text: they are not compared"),
        (
            "day = local", 6,
            "column \"day\" is a date and column \"local\" is a timestamp without time zone: they are not compared"
        ),
        ("status = null", 9, "a comparison with null is never true; write \"is null\""),
        ("status <> null", 10, "a comparison with null is never true; write \"is not null\""),
        ("status in ('a', null)", 16, "a comparison with null is never true; write \"is null\""),
        ("1 = 1", 0, "two values are compared; one side must be a column"),
        ("'x'", 0, "a value alone is no condition; compare a column with it"),
        ("status", 0, "column \"status\" is text, and alone no condition; compare it with a value"),
        ("id is true", 0, "column \"id\" is an integer, and alone no condition; compare it with a value"),
        ("id like '1%'", 0, "column \"id\" is an integer, and \"like\" needs text"),
        ("status like 1", 12, "a pattern of \"like\" is text; write it in single quotes"),
        (
            "status like 'a\\'", 12,
            "the pattern ends with a backslash that protects nothing; a backslash itself is written \\\\"
        ),
        // Times and uuids.
        ("created_at > 'yesterday'", 13, "'yesterday' is no time of the calendar; write it as '2026-01-31T12:00:00Z'"),
        (
            "created_at > '2026-02-30T00:00:00Z'", 13,
            "'2026-02-30T00:00:00Z' is no time of the calendar; write it as '2026-01-31T12:00:00Z'"
        ),
        (
            "created_at > '2026-01-01T00:00:00'", 13,
            "column \"created_at\" has a time zone, and '2026-01-01T00:00:00' has none; write it as '2026-01-31T12:00:00Z'"
        ),
        (
            "local > '2026-01-01T00:00:00Z'", 8,
            "column \"local\" has no time zone, and '2026-01-01T00:00:00Z' has one; write it as '2026-01-31T12:00:00'"
        ),
        (
            "day = '2026-01-01 10:00:00'", 6,
            "column \"day\" is a date and is compared with a time of day; write it as '2026-01-31'"
        ),
        ("day = '2025-02-29'", 6, "'2025-02-29' is no date of the calendar; write it as '2026-01-31'"),
        ("ref = 'x'", 6, "'x' is no uuid; write it as '6f1c5a3e-0d57-4b6e-9a55-0f2d8c1b7e42'"),
        // The operation.
        ("operation = 'upsert'", 12, "there is no operation 'upsert'; write 'insert', 'update' or 'delete'"),
        ("operation = 'truncate'", 12, "a filter judges rows, and a truncate has none; onTruncate decides about it"),
        ("operation > 'insert'", 0, "operations have no order; write =, <> or in"),
        ("operation = status", 0, "\"operation\" is compared with 'insert', 'update' or 'delete'"),
        (
            "operation", 0,
            "\"operation\" alone is no condition; write operation = 'insert', or \"operation\" for a column of this name"
        ),
        ("operation is null", 0, "only a column can be null"),
        // The first of several.
        ("nope1 = 1 and nope2 = 2 or nope3 = 3", 0, "table public.t has no column \"nope1\""),
    ]

    @Test(arguments: examples)
    func anErrorSaysWhereAndWhatToWrite(filter: String, offset: Int, description: String) throws {
        let error = try #require(failure(of: filter))
        #expect(error.description == description)
        #expect(error.offset == offset)
    }

    /// Needs no table: what is said of null is wrong for every column.
    @Test(
        arguments: [
            ("status = null", 9, "write \"is null\""), ("status <> NULL", 10, "write \"is not null\""),
            ("null = status", 0, "write \"is null\""), ("status in ('a', null)", 16, "write \"is null\""),
            ("status not in (null)", 15, "write \"is not null\""), ("id between null and 2", 11, "write \"is null\""),
            ("id between 1 and null", 17, "write \"is null\""), ("status like null", 12, "write \"is null\""),
            ("id = 1 or not (status < null)", 24, "write \"is null\""),
            ("operation <> null", 13, "write \"is not null\""),
        ] as [(String, Int, String)])
    func aComparisonWithNullIsRefusedUnbound(filter: String, offset: Int, note: String) throws {
        let error = try #require(throws: FilterError.self) { try FilterExpression.parse(filter) }
        #expect(error.message == "a comparison with null is never true")
        #expect(error.note == note)
        #expect(error.offset == offset)
    }

    @Test func aTextBeyondTheLimitIsRefused() throws {
        let error = try #require(
            failure(of: "status = '" + String(repeating: "x", count: FilterExpression.maxLength) + "'"))
        #expect(error.message == "the filter has 16395 bytes where 16384 are allowed")
    }
}
