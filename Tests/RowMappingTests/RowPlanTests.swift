import ReplicationProtocol
import Testing

@testable import RowMapping

@Suite struct RowPlanTests {
    private static let name = TableName(schema: "public", name: "t")

    @Test func aKeyRuleDecidesTheKeyAndItsOrder() throws {
        let table = try MappedTable([.key("id"), .plain("a"), .plain("b")], key: ["b", "id"])
        #expect(table.plan.keyColumns == ["b", "id"])
        #expect(try table.insert(["1", "x", "y"]).map(\.key) == ["{\"b\":\"y\",\"id\":1}"])
    }

    @Test func withoutARuleTheMarkedPrimaryKeyIsTheKey() throws {
        #expect(try MappedTable([.plain("a"), .key("id")]).plan.keyColumns == ["id"])
    }

    @Test func theCatalogsPrimaryKeyKeepsItsOwnOrder() throws {
        let table = try MappedTable([.key("a"), .key("b"), .key("c")], identity: .full, primaryKey: ["c", "a"])
        #expect(table.plan.keyColumns == ["c", "a"])
    }

    @Test func aKeyRuleStandsAboveTheCatalog() throws {
        #expect(
            try MappedTable([.key("a"), .key("b")], identity: .full, primaryKey: ["a"], key: ["b"]).plan.keyColumns == [
                "b"
            ])
    }

    @Test func aTableWithoutAPrimaryKeyHasNoKey() throws {
        let table = try MappedTable([.key("a"), .key("b")], identity: .full, primaryKey: [])
        #expect(table.plan.keyColumns == [])
        #expect(try table.insert(["1", "2"]).map(\.key) == [nil])
    }

    @Test func aKeyRuleForColumnsThatAreNotThereNamesThemAll() {
        #expect(throws: MappingError.unknownKeyColumns(["ID", "x"], table: Self.name)) {
            try MappedTable([.key("id")], key: ["ID", "id", "x"])
        }
    }

    @Test func aPrimaryKeyOfWhichTheServerHidesAPartIsRefusedUnlessARuleNamesAKey() throws {
        let columns: [Relation.Column] = [.plain("b"), .plain("c")]
        let error = MappingError.hiddenPrimaryKey(["a"], table: Self.name)
        #expect(throws: error) { try MappedTable(columns, primaryKey: ["a", "b"]) }
        #expect(!error.isOfOneChange)
        #expect(try MappedTable(columns, primaryKey: ["a", "b"], key: ["b"]).plan.keyColumns == ["b"])
    }

    @Test(
        arguments: [
            // One marked column has no order to ask for, and what was added to the key since is of no matter.
            (.default, 1, ["c0"], [], nil),
            (.default, 1, ["c0", "later"], [], nil),
            (.default, 1, nil, [], nil),
            (.default, 1, ["c0", "generated"], ["generated"], ["c0", "generated"]),
            (.default, 0, ["generated"], ["generated"], ["generated"]),
            (.default, 0, ["rest"], [], nil),
            (.default, 2, ["c1", "c0"], [], ["c1", "c0"]),
            (.full, 2, ["c1"], [], ["c1"]),
            (.full, 2, nil, [], []),
            (.index, 1, ["rest"], [], ["rest"]),
            (.nothing, 0, ["left_out"], ["left_out"], ["left_out"]),
        ] as [(Relation.ReplicaIdentity, Int, [String]?, [String], [String]?)])
    func theCatalogsKeyStandsWhereTheRelationDoesNotTellIt(
        identity: Relation.ReplicaIdentity, marks: Int, catalog: [String]?, unsent: [String], key: [String]?
    ) {
        let relation = Relation(
            oid: OID(rawValue: 1), schema: "public", name: "t", replicaIdentity: identity,
            columns: (0..<marks).map { .key("c\($0)") } + [.plain("rest")])
        #expect(RowPlan.primaryKey(catalog, unsent: unsent, of: relation) == key)
    }

    @Test func everyErrorNamesItsTable() {
        let errors: [MappingError] = [
            .unknownKeyColumns(["x"], table: Self.name), .keyNotInReplicaIdentity(["x"], table: Self.name),
            .keyNotSent(column: "x", table: Self.name), .columnCountMismatch(table: Self.name, relation: 1, tuple: 2),
            .unexpectedBinary(column: "x", table: Self.name), .malformedValue(column: "x", type: "y", table: Self.name),
            .unmappedTable(Self.name),
        ]
        for error in errors { #expect(error.description.contains("public.t")) }
    }
}
