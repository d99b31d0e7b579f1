import ReplicationProtocol
import Testing

@testable import RowMapping

@Suite struct DeleteTests {
    private static let columns: [Relation.Column] = [.plain("note"), .key("id"), .plain("rest")]

    @Test func aKeyTupleGivesTheIdentitysColumnsOnly() throws {
        #expect(
            try MappedTable(Self.columns).delete(.key([nil, "1", nil])) == [MappedRecord(key: "1", value: "{\"id\":1}")]
        )
    }

    @Test func aFullOldRowIsSentWithItsNulls() throws {
        let table = try MappedTable([.key("id"), .key("note", 25)], identity: .full, primaryKey: ["id"])
        #expect(
            try table.delete(.full(["1", nil])) == [MappedRecord(key: "1", value: "{\"id\":1,\"note\":null}")])
    }

    @Test(
        arguments: [
            (.old, [MappedRecord(key: "1", value: "{\"id\":1}")]),
            (.tombstone, [MappedRecord(key: "1", value: nil)]),
            (.both, [MappedRecord(key: "1", value: "{\"id\":1}"), MappedRecord(key: "1", value: nil)]),
            (.skip, []),
        ] as [(DeleteAction, [MappedRecord])])
    func onDeleteDecidesWhatIsSent(action: DeleteAction, records: [MappedRecord]) throws {
        #expect(try MappedTable(Self.columns, onDelete: action).delete(.key([nil, "1", nil])) == records)
    }

    @Test func theOperationFieldSaysDelete() throws {
        let table = try MappedTable(Self.columns, onDelete: .both, operationField: "op")
        #expect(try table.delete(.key([nil, "1", nil])).map(\.value) == ["{\"id\":1,\"op\":\"DELETE\"}", nil])
    }

    @Test func aTableWithoutAKeyHasNoTombstones() throws {
        let table = try MappedTable([.key("a")], identity: .full, primaryKey: [], onDelete: .both)
        #expect(try table.delete(.full(["1"])) == [MappedRecord(key: nil, value: "{\"a\":1}")])
    }

    @Test func aRowWhoseKeyIsNullHasNoTombstone() throws {
        let table = try MappedTable([.key("a")], identity: .full, key: ["a"], onDelete: .both)
        #expect(try table.delete(.full([nil])) == [MappedRecord(key: nil, value: "{\"a\":null}")])
    }

    @Test func aDeleteThatSendsNothingNeedsNoKey() throws {
        let table = try MappedTable(Self.columns, key: ["id", "rest"], onDelete: .skip)
        #expect(try table.delete(.key([nil, "1", nil])).isEmpty)
    }

    @Test(arguments: DeleteAction.allCases.filter { $0 != .skip })
    func aKeyThatTheIdentityDoesNotCarryStopsTheDelete(action: DeleteAction) throws {
        let table = try MappedTable(Self.columns, key: ["id", "rest"], onDelete: action)
        #expect(
            throws: MappingError.keyNotInReplicaIdentity(["rest"], table: TableName(schema: "public", name: "t"))
        ) { try table.delete(.key([nil, "1", nil])) }
    }

    @Test func aTupleOfAnotherShapeIsRefused() throws {
        #expect(throws: MappingError.self) { try MappedTable(Self.columns).delete(.key(["1"])) }
    }
}
