import ReplicationProtocol
import Testing

@testable import RowMapping

@Suite struct ColumnRulesTests {
    private static let columns: [Relation.Column] = [
        .init(isKey: true, name: "id", type: OID(rawValue: 23)),
        .init(isKey: false, name: "name", type: OID(rawValue: 25)),
        .init(isKey: false, name: "price", type: OID(rawValue: 1700)),
    ]

    private static func insert(
        operationField: String? = nil, _ change: (inout ColumnRules) -> Void
    ) throws -> MappedRecord? {
        var rules = ColumnRules()
        change(&rules)
        return try MappedTable(columns, operationField: operationField, rules: rules)
            .insert(["1", "Ada", "9.50"]).first
    }

    @Test func onlyIncludedColumnsGoIntoTheValue() throws {
        #expect(try Self.insert { $0.include = ["price"] }?.value == "{\"price\":9.50}")
    }

    @Test func excludedColumnsStayOutOfTheValueButNotOfTheKey() throws {
        let record = try Self.insert { $0.exclude = ["id"] }
        #expect(record?.key == "1")
        #expect(record?.value == "{\"name\":\"Ada\",\"price\":9.50}")
    }

    @Test func aRenamedColumnGoesToItsField() throws {
        #expect(
            try Self.insert { $0.rename = ["name": "full \"name\""] }?.value
                == "{\"id\":1,\"full \\\"name\\\"\":\"Ada\",\"price\":9.50}")
    }

    @Test func constantsFollowTheRowAndTheOperationFollowsThem() throws {
        let record = try Self.insert(operationField: "op") {
            $0.constants = [.init(field: "source", text: "orders\n")]
        }
        #expect(
            record?.value == "{\"id\":1,\"name\":\"Ada\",\"price\":9.50,\"source\":\"orders\\n\",\"op\":\"INSERT\"}")
    }

    @Test func aValueWithoutAnyColumnIsStillAnObject() throws {
        #expect(try Self.insert { $0.include = [] }?.value == "{}")
    }

    @Test func aRuleForAColumnThatIsGoneStops() {
        #expect(
            throws: MappingError.unknownColumns(
                ["city"], rule: "columns", table: TableName(schema: "public", name: "t"))
        ) {
            try Self.insert { $0.exclude = ["city"] }
        }
    }

    @Test func aRuleForAColumnThatIsGoneWarnsWhereThatIsDeclared() throws {
        var rules = ColumnRules()
        rules.exclude = ["city"]
        rules.rename = ["zip": "postcode"]
        rules.missing = .warn
        let table = try MappedTable(Self.columns, rules: rules)
        #expect(table.plan.missingColumns == ["city", "zip"])
        #expect(try table.insert(["1", nil, nil]).first?.value == "{\"id\":1,\"name\":null,\"price\":null}")
    }

    @Test func twoColumnsNeverGoToOneField() {
        #expect(throws: MappingError.duplicateField("id", table: TableName(schema: "public", name: "t"))) {
            try Self.insert { $0.rename = ["name": "id"] }
        }
        #expect(throws: MappingError.duplicateField("name", table: TableName(schema: "public", name: "t"))) {
            try Self.insert(operationField: "name") { _ in }
        }
    }
}
