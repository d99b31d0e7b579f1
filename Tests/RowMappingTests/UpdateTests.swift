import ReplicationProtocol
import Testing

@testable import RowMapping

@Suite struct UpdateTests {
    private static let name = TableName(schema: "public", name: "t")
    private static let columns: [Relation.Column] = [.key("id"), .plain("note")]
    private static let fullColumns: [Relation.Column] = [.key("id"), .key("note", 25)]

    @Test func anUpdateOfTheSameKeyIsOneRecord() throws {
        #expect(
            try MappedTable(Self.columns).update(to: ["1", "x"]) == [
                MappedRecord(key: "1", value: "{\"id\":1,\"note\":\"x\"}")
            ])
    }

    @Test func anOldTupleWithTheSameKeyIsNoDeletion() throws {
        let record = MappedRecord(key: "1", value: "{\"id\":1,\"note\":\"x\"}")
        #expect(try MappedTable(Self.columns).update(.key(["1", nil]), to: ["1", "x"]) == [record])
        #expect(
            try MappedTable(Self.fullColumns, identity: .full, primaryKey: ["id"])
                .update(.full(["1", "old"]), to: ["1", "x"]) == [record])
    }

    @Test(
        arguments: [
            (.old, [MappedRecord(key: "1", value: "{\"id\":1}")]),
            (.tombstone, [MappedRecord(key: "1", value: nil)]),
            (.both, [MappedRecord(key: "1", value: "{\"id\":1}"), MappedRecord(key: "1", value: nil)]),
            (.skip, []),
        ] as [(DeleteAction, [MappedRecord])])
    func anUpdateOfTheKeyDeletesTheOldKeyFirst(action: DeleteAction, deletion: [MappedRecord]) throws {
        #expect(
            try MappedTable(Self.columns, onDelete: action).update(.key(["1", nil]), to: ["2", "x"])
                == deletion + [MappedRecord(key: "2", value: "{\"id\":2,\"note\":\"x\"}")])
    }

    @Test(arguments: [("1", "2"), ("1", "11"), ("11", "1"), ("", "1"), (nil, "1"), ("1", nil)] as [(String?, String?)])
    func aFullOldRowShowsThatTheKeyHasChanged(before: String?, after: String?) throws {
        let table = try MappedTable(
            [.key("id", 25), .key("note")], identity: .full, primaryKey: ["id"], operationField: "op")
        let old = before.map { ChangeBytes.Value.text($0) } ?? .null
        let new = after.map { ChangeBytes.Value.text($0) } ?? .null
        let records = try table.update(.full([old, "7"]), to: [new, "7"])
        #expect(records.map(\.key) == [before, after])
        #expect(records.map { $0.value?.contains("DELETE") } == [true, false])
    }

    @Test func aNullKeyThatStaysNullHasNotChanged() throws {
        let table = try MappedTable(Self.fullColumns, identity: .full, key: ["note"])
        #expect(try table.update(.full(["1", nil]), to: ["2", nil]).map(\.key) == [nil])
    }

    @Test func aChangedIdentityThatIsNotTheKeyIsNoDeletion() throws {
        let table = try MappedTable([.key("id"), .key("code")], identity: .index, key: ["id"])
        #expect(try table.update(.key(["1", "5"]), to: ["1", "6"]).map(\.key) == ["1"])
    }

    @Test func aKeyThatTheIdentityDoesNotCarryStopsTheUpdateOfTheIdentity() throws {
        let table = try MappedTable([.plain("id", 23), .key("code")], identity: .index, key: ["id"])
        #expect(try table.update(to: ["1", "5"]).map(\.key) == ["1"])
        #expect(throws: MappingError.keyNotInReplicaIdentity(["id"], table: Self.name)) {
            try table.update(.key([nil, "5"]), to: ["1", "6"])
        }
    }

    // MARK: Unchanged TOAST

    @Test func anUnchangedTOASTValueIsLeftOutWhereNoOldTupleHasIt() throws {
        let table = try MappedTable([.key("id"), .plain("body"), .plain("n", 23)])
        var record = MappedRecord(key: "1", value: "{\"id\":1,\"n\":2}")
        record.headers = [.init(name: "pqcdc.unchangedToast", value: #"["body"]"#)]
        #expect(try table.update(to: ["1", .unchangedTOAST, "2"]) == [record])
        // A key tuple marks what it does not carry as null.
        #expect(try table.update(.key(["1", nil, nil]), to: ["1", .unchangedTOAST, "2"]) == [record])
    }

    @Test func aValueThatWasReadIsListedWithTheNewRowAndNotWithTheOldPlaceOfIt() throws {
        let table = try MappedTable([.key("id"), .plain("body")])
        var context = MappedTable.context
        context.reselected = [1]
        let records = try table.update(.key(["1", nil]), to: ["2", "read"], context: context)
        #expect(
            records.map(\.headers) == [[], [.init(name: "pqcdc.reselected", value: #"["body"]"#)]])
    }

    @Test func anUnchangedTOASTValueIsTakenFromTheFullOldRow() throws {
        let table = try MappedTable([.key("id"), .key("body", 25), .key("n")], identity: .full, primaryKey: ["id"])
        let body = String(repeating: "w\n", count: 20_000)
        #expect(
            try table.update(.full(["1", .text(body), "1"]), to: ["1", .unchangedTOAST, "2"])
                == [MappedRecord(key: "1", value: "{\"id\":1,\"body\":\(ReferenceJSON.string(body)),\"n\":2}")])
    }

    @Test func anUnchangedTOASTValueThatIsFirstOrLastLeavesNoComma() throws {
        let table = try MappedTable([.plain("a"), .key("id"), .plain("z")])
        #expect(
            try table.update(to: [.unchangedTOAST, "1", .unchangedTOAST]).map(\.value) == ["{\"id\":1}"])
    }

    @Test func anUnchangedTOASTKeyIsTakenFromTheKeyTuple() throws {
        let table = try MappedTable([.key("id", 25), .plain("n", 23)])
        let id = String(repeating: "k", count: 3000)
        #expect(
            try table.update(.key([.text(id), nil]), to: [.unchangedTOAST, "2"])
                == [MappedRecord(key: id, value: "{\"id\":\"\(id)\",\"n\":2}")])
    }

    @Test func anUnchangedTOASTKeyThatNoTupleCarriesStops() throws {
        let table = try MappedTable([.key("id", 25), .plain("n", 23)])
        #expect(throws: MappingError.keyNotSent(column: "id", table: Self.name)) {
            try table.update(to: [.unchangedTOAST, "2"])
        }
    }

    @Test func anOldTupleOfAnotherShapeIsRefused() throws {
        let table = try MappedTable(Self.columns)
        #expect(throws: MappingError.columnCountMismatch(table: Self.name, relation: 2, tuple: 1)) {
            try table.update(.key(["1"]), to: ["2", "x"])
        }
    }
}
