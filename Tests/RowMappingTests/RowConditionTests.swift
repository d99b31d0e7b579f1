import ReplicationProtocol
import RowMapping
import Testing

/// The condition of a request: a filter's language, and no more of it than a row can answer.
@Suite struct RowConditionTests {
    private static let relation = Relation(
        oid: OID(rawValue: 1), schema: "public", name: "t", replicaIdentity: .default,
        columns: [
            .init(isKey: true, name: "id", type: OID(rawValue: 23), typeModifier: -1),
            .init(isKey: false, name: "note", type: OID(rawValue: 25), typeModifier: -1),
        ])

    @Test(
        "What only SQL knows is refused, and so never reaches a server",
        arguments: [
            "pg_notify('a', note) IS NULL", "set_config('DateStyle', 'German', false) IS NOT NULL",
            "id = (SELECT 1)", "id IN (SELECT id FROM secret)", "true) OR (true", "id = 1; DROP TABLE t",
            "id::text = '1'",
            "note ~ 'a'", "id = 1 -- all", "id /* */ = 1", "t.id = 1", "id = 1 UNION SELECT 2",
            "CASE WHEN id = 1 THEN 1 END",
            "note = E'\\''", "note = $$a$$", "id OPERATOR(pg_catalog.=) 1", "", "id + 1 = 2", "note || 'a' = 'b'",
            "current_user = 'postgres'", "id = ANY (ARRAY[1])", "note COLLATE \"C\" = 'a'", "ROW(id) = ROW(1)", "\0",
        ])
    func sqlIsRefused(_ text: String) {
        #expect(throws: FilterError.self) { try RowCondition.parse(text).plan(for: Self.relation) }
    }

    @Test(arguments: [
        "operation = 'insert'", "changed(note)", "old.id = 1", "new.id = 1", "id = 1 and not (old.note is null)",
    ])
    func whatOnlyAChangeHasIsRefused(_ text: String) {
        let error = #expect(throws: FilterError.self) { try RowCondition.parse(text) }
        #expect(error?.message.contains("a row that is read has no operation") == true)
    }

    @Test func columnsThatRecordsHideCannotBeAskedFor() throws {
        for text in [
            "note = 'a'", "id = 1 or note is null", "not ((note like 'a%') is true)", "id in (1, 2) and note > 'b'",
        ] {
            let condition = try RowCondition.parse(text)
            #expect(throws: Never.self) { try condition.plan(for: Self.relation) }
            #expect(throws: FilterError.self) { try condition.plan(for: Self.relation) { $0 == "note" } }
        }
    }

    @Test func itsSizeIsBounded() throws {
        let list = { (count: Int) in "id in (" + (0..<count).map(String.init).joined(separator: ",") + ")" }
        #expect(throws: Never.self) { try RowCondition.parse(list(RowCondition.maxTerms)) }
        #expect(throws: FilterError.self) { try RowCondition.parse(list(RowCondition.maxTerms + 1)) }
        #expect(throws: FilterError.self) {
            try RowCondition.parse("note = '" + String(repeating: "x", count: RowCondition.maxBytes) + "'")
        }
        #expect(throws: FilterError.self) {
            try RowCondition.parse(String(repeating: "(", count: 2000) + "id = 1" + String(repeating: ")", count: 2000))
        }
        #expect(throws: FilterError.self) { try RowCondition.parse(String(repeating: "not ", count: 1000) + "id = 1") }
    }
}
