import ReplicationProtocol
import Testing

@testable import RowMapping

/// Which rows a filter passes.
@Suite struct FilterTests {
    private static let columns: [Relation.Column] = [
        .key("id", 20), .plain("status", 1043), .plain("amount", 1700), .plain("active", 16), .plain("Mixed Case"),
        .plain("created_at", 1184), .plain("day", 1082), .plain("local", 1114), .plain("ref", 2950),
        .plain("ratio", 701), .plain("padded", 1042), .plain("color", 20_000), .plain("limit_", 1700),
        .plain("operation"), .plain("name"),
    ]

    private static let row: [ChangeBytes.Value] = [
        "42", "paid", "100.50", "t", "x'y", "2026-01-01 01:00:00+01", "2026-02-28", "0044-03-15 12:00:00 BC",
        "6f1c5a3e-0d57-4b6e-9a55-0f2d8c1b7e42", "1.5e-07", "ab   ", "red", "1e2", "drop", nil,
    ]

    @Test(
        arguments: [
            // Operators and precedence.
            ("status = 'paid'", true), ("status <> 'paid'", false), ("status != 'open'", true),
            ("STATUS = 'paid' AND Amount >= 100", true), ("'paid' = status", true), ("100 < amount", true),
            ("status = 'open' and id = 1 or id = 42", true), ("id = 42 or status = 'open' and id = 1", true),
            ("(id = 42 or status = 'open') and id = 1", false), ("not id = 1 and id = 42", true),
            ("not (id = 42 and status = 'paid')", false), ("not not id = 42", true), ("((id)) = 42", true),
            ("status in ('open', 'paid')", true), ("status not in ('open', 'paid')", false), ("id in (1,2,42)", true),
            ("not (status in ('eu','us')) or operation = 'delete'", true),
            ("id between 42 and 43", true), ("id between 43 and 44", false), ("id not between 1 and 2", true),
            ("new.status = 'paid'", true), ("new.\"operation\" = 'drop'", true), ("new.operation = 'drop'", true),
            ("true", true), ("false", false), ("id = 1 or true", true),
            // Text.
            ("\"Mixed Case\" = 'x''y'", true), ("\"Mixed Case\" is not null", true), ("status < 'paie'", true),
            ("status > 'pai'", true), ("status >= 'paid'", true), ("status = ''", false), ("status = 'Paid'", false),
            ("status < 'é'", true), ("padded = 'ab'", true), ("padded = 'ab '", true), ("padded <> 'ab'", false),
            ("padded in ('x', 'ab')", true), ("color = 'red'", true), ("color in ('blue')", false),
            // Numbers.
            ("id = 42.0", true), ("id > 41.5", true), ("id < 99999999999999999999999", true), ("id = -42", false),
            ("id = +42", true), ("id in (1.5, 42)", true), ("id = 4.2e1", true), ("amount = 100.5", true),
            ("amount = 1005e-1", true), ("amount < 100.50000000000000000000001", true), ("amount > .5", true),
            ("ratio = 0.00000015", true), ("ratio < 'NaN'", true), ("amount < 'Infinity'", true),
            ("amount > '-infinity'", true), ("amount > id", true), ("id < amount", true), ("limit_ = 100", true),
            ("amount > limit_", true),
            // Times.
            ("created_at = '2026-01-01T00:00:00Z'", true), ("created_at < '2026-01-01 00:00:00.000001+00'", true),
            ("created_at >= '2026-01-01T01:30:00+01:30'", true), ("created_at < 'infinity'", true),
            ("day = '2026-02-28'", true), ("day > '10000-01-01'", false), ("day > '0001-01-01 BC'", true),
            ("local < '2026-01-01'", true), ("local = '0044-03-15T12:00:00 BC'", true), ("local > '-infinity'", true),
            // Other types.
            ("ref = '6F1C5A3E-0d57-4b6e-9a55-0f2d8c1b7e42'", true), ("ref = '6f1c5a3e0d574b6e9a550f2d8c1b7e42'", true),
            ("ref < '70000000-0000-0000-0000-000000000000'", true), ("active", true), ("not active", false),
            ("active = true", true), ("active <> true", false), ("active = false", false), ("active is true", true),
            ("active is not false", true), ("active = new.active", true),
            // NULL.
            ("name is null", true), ("name is not null", false), ("name = 'x'", false), ("name <> 'x'", false),
            ("not (name = 'x')", false), ("name in ('x')", false), ("name not in ('x')", false),
            ("name like '%'", false), ("name not like '%'", false), ("name = status", false),
            ("(name = 'x') is true", false), ("(name = 'x') is not true", true), ("not (name = 'x') is true", true),
            ("not ((name = 'x') is not false)", false), ("name = 'x' or id = 42", true),
            // The operation.
            ("operation = 'insert'", true), ("operation <> 'INSERT'", false),
            ("operation in ('update', 'delete')", false),
            ("operation not in ('update')", true), ("'insert' = operation", true),
            // Rows that an insert does not have.
            ("old.id is null", false), ("old.id is not null", false), ("changed(id)", false), ("not changed(id)", true),
            ("(old.id = 1) is not true", true),
        ])
    func anInsertPassesWhatIsTrueOfIt(filter: String, expected: Bool) throws {
        #expect(try FilteredTable(Self.columns).passes(filter, inserting: Self.row) == expected)
    }

    // MARK: Old rows

    private static let narrow: [Relation.Column] = [.key("id"), .plain("note")]
    private static let full: [Relation.Column] = [.key("id"), .key("note", 25)]

    @Test(
        arguments: [
            ("new.note <> old.note", true), ("changed(note)", true), ("changed(id)", false), ("not changed(id)", true),
            ("old.note = 'a'", true), ("note = 'b'", true), ("new.note = 'b'", true), ("old.id = new.id", true),
            ("operation = 'update' and changed(note)", true), ("note > old.note", true),
        ])
    func anUpdateWithAFullOldRowKnowsBoth(filter: String, expected: Bool) throws {
        let table = FilteredTable(Self.full, identity: .full)
        #expect(try table.passes(filter, updating: .full(["1", "a"]), to: ["1", "b"]) == expected)
    }

    @Test(
        arguments: [
            (nil, nil, false), (nil, "x", true), ("x", nil, true), ("x", "x", false), ("x", "y", true),
            ("x", "xx", true), ("", nil, true),
        ] as [(String?, String?, Bool)])
    func aColumnHasChangedWhenItsTextHas(before: String?, after: String?, expected: Bool) throws {
        func value(_ text: String?) -> ChangeBytes.Value { text.map { .text($0) } ?? .null }
        let table = FilteredTable(Self.full, identity: .full)
        let (old, new) = (ChangeBytes.Old.full(["1", value(before)]), ["1", value(after)])
        #expect(try table.passes("changed(note)", updating: old, to: new) == expected)
        #expect(try table.passes("not changed(note)", updating: old, to: new) == !expected)
    }

    @Test func withoutAnOldTupleTheIdentityIsWhatItWas() throws {
        let table = FilteredTable(Self.narrow)
        #expect(try table.passes("old.id = 1 and not changed(id)", updating: nil, to: ["1", "b"]))
    }

    @Test func aKeyTupleTellsTheOldIdentity() throws {
        let table = FilteredTable(Self.narrow)
        #expect(try table.passes("old.id = 1 and changed(id)", updating: .key(["1", nil]), to: ["2", "b"]))
    }

    @Test(
        arguments: [
            ("id = 1", true), ("old.id = 1", true), ("operation = 'delete'", true), ("new.id = 1", false),
            ("new.id is null", false), ("changed(id)", false), ("note is null", false), ("note is not null", false),
            ("note = 'a' or operation = 'delete'", true), ("operation <> 'delete'", false),
        ])
    func aDeleteByKeyKnowsTheKeyOnly(filter: String, expected: Bool) throws {
        let table = FilteredTable(Self.narrow)
        #expect(try table.passes(filter, deleting: .key(["1", nil])) == expected)
    }

    @Test func aDeleteOfAFullRowKnowsIt() throws {
        let table = FilteredTable(Self.full, identity: .full)
        #expect(try table.passes("note = 'a' and old.note = 'a'", deleting: .full(["1", "a"])))
        #expect(try table.plan("note = 'a'").unknownInDeletes.isEmpty)
    }

    @Test func whatADeleteDoesNotCarryIsNamed() throws {
        let plan = try FilteredTable(Self.narrow).plan("note = 'a' and id = 1 or note = 'b' or new.note is null")
        #expect(plan.unknownInDeletes == ["note"])
    }

    // MARK: Unchanged TOAST

    @Test func anUnchangedTOASTValueIsTakenFromTheFullOldRow() throws {
        let table = FilteredTable(Self.full, identity: .full)
        let old = ChangeBytes.Old.full(["1", "long"])
        #expect(try table.passes("note = 'long' and not changed(note)", updating: old, to: ["1", .unchangedTOAST]))
    }

    @Test func anUnchangedTOASTValueThatNoTupleCarriesIsUnknown() throws {
        let table = FilteredTable(Self.narrow)
        for filter in ["note = 'long'", "note <> 'long'", "note is null", "note is not null", "note like '%'"] {
            #expect(try !table.passes(filter, updating: nil, to: ["1", .unchangedTOAST]))
            #expect(try !table.passes(filter, updating: .key(["2", nil]), to: ["1", .unchangedTOAST]))
        }
    }

    @Test func anUnchangedTOASTIdentityIsTakenFromTheKeyTuple() throws {
        let table = FilteredTable([.key("id", 25), .key("part")])
        #expect(try table.passes("id = 'k'", updating: .key(["k", "1"]), to: [.unchangedTOAST, "2"]))
    }

    // MARK: Rows that are not what they should be

    private static let name = TableName(schema: "public", name: "t")

    @Test func aTupleOfAnotherShapeIsRefused() throws {
        let table = FilteredTable(Self.narrow)
        #expect(throws: MappingError.columnCountMismatch(table: Self.name, relation: 2, tuple: 1)) {
            try table.passes("id = 1", inserting: ["1"])
        }
        #expect(throws: MappingError.columnCountMismatch(table: Self.name, relation: 2, tuple: 3)) {
            try table.passes("id = 1", updating: .key(["1", nil, nil]), to: ["1", "x"])
        }
    }

    @Test(arguments: ["", "x", "1x", "-", "9223372036854775808", "1.5"])
    func aNumberThatIsNoneIsAnErrorAndNotADroppedRow(text: String) throws {
        let error = MappingError.malformedValue(column: "id", type: "with OID 23", table: Self.name)
        #expect(throws: error) {
            try FilteredTable(Self.narrow).passes("id <> 1", inserting: [.text(text), "x"])
        }
    }

    @Test func aBinaryValueIsAnError() throws {
        #expect(throws: MappingError.unexpectedBinary(column: "note", table: Self.name)) {
            try FilteredTable(Self.narrow).passes("note = 'x'", inserting: ["1", .binary([120])])
        }
    }

    @Test func aTruncatePasses() throws {
        let plan = try FilteredTable(Self.narrow).plan("id = 1")
        let tuples = ChangeTuples()
        let bytes: [UInt8] = [0]
        #expect(try plan.passes(.truncate, .none, tuples, bytes.span.bytes))
    }

    /// Judging allocates nothing by construction: the loop reads steps, constants and slices through pointers, and
    /// none of them holds a reference that could be retained or a text that could be copied.
    @Test func whatARowIsJudgedByHoldsNoReferences() {
        #expect(_isPOD(FilterStep.self) && _isPOD(FilterValue.self) && _isPOD(ColumnSlice.self))
    }

    // MARK: Types from the catalog

    @Test func aDomainIsComparedAsItsBase() throws {
        let domain = OID(rawValue: 20_001)
        let table = FilteredTable(
            [Relation.Column(isKey: true, name: "price", type: domain)],
            types: [domain: TypeDescription(base: OID(rawValue: 1700))])
        #expect(try table.passes("price = 10", inserting: ["10.00"]))
    }

    @Test func theExtremesOf64BitsAreIntegers() throws {
        let table = FilteredTable([.key("id", 20)])
        #expect(try table.passes("id = 9223372036854775807", inserting: ["9223372036854775807"]))
        #expect(try table.passes("id = -9223372036854775808", inserting: ["-9223372036854775808"]))
        #expect(try table.passes("id < 9223372036854775808", inserting: ["9223372036854775807"]))
    }

    @Test func timesBeyond64BitsOfMicrosecondsKeepTheirOrder() throws {
        let table = FilteredTable([.key("at", 1184)])
        #expect(try table.passes("at < '294276-12-31T23:59:59.999999Z'", inserting: ["294276-12-31 23:59:59+00"]))
        #expect(try table.passes("at > '294276-12-31T23:59:59.999999Z'", inserting: ["infinity"]))
        #expect(try table.passes("at < '4713-01-01T00:00:00Z BC'", inserting: ["-infinity"]))
    }
}
