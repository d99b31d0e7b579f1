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

    @Test func aPrimaryKeyThatThePublicationHidesIsNoKey() throws {
        let table = try MappedTable([.plain("b"), .plain("c")], primaryKey: ["a", "b"])
        #expect(table.plan.keyColumns == [])
    }

    @Test(
        arguments: [
            // One marked column has no order to ask for.
            (.default, 0, nil, false),
            (.default, 1, nil, false),
            (.default, 2, nil, true),
            (.nothing, 0, nil, true),
            (.index, 1, nil, true),
            (.full, 2, nil, true),
            (.default, 2, ["c0"], false),
            (.full, 2, ["c0"], false),
        ] as [(Relation.ReplicaIdentity, Int, [String]?, Bool)])
    func thePrimaryKeyIsAskedForWhereTheRelationDoesNotTellIt(
        identity: Relation.ReplicaIdentity, keys: Int, rule: [String]?, needed: Bool
    ) {
        let relation = Relation(
            oid: OID(rawValue: 1), schema: "public", name: "t", replicaIdentity: identity,
            columns: (0..<keys).map { .key("c\($0)") } + [.plain("rest")])
        #expect(RowPlan.needsPrimaryKey(rule: TableRule(topic: "t", key: rule), relation: relation) == needed)
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
