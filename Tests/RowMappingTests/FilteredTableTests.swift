import ReplicationProtocol
import Testing

@testable import RowMapping

/// The filter in its place: which changes of a table become records.
@Suite struct FilteredTableTests {
    private static let columns: [Relation.Column] = [
        .init(isKey: true, name: "id", type: OID(rawValue: 23)),
        .init(isKey: true, name: "status", type: OID(rawValue: 25)),
    ]

    private static func table(_ filter: String) throws -> MappedTable {
        try MappedTable(columns, identity: .full, key: ["id"], filter: FilterExpression.parse(filter))
    }

    @Test func onlyInsertsThatPassAreSent() throws {
        let table = try Self.table("status = 'paid'")
        #expect(try table.insert(["1", "paid"]).count == 1)
        #expect(try table.insert(["1", "open"]).isEmpty)
        #expect(try table.insert(["1", nil]).isEmpty)
    }

    @Test func anUpdateIsJudgedByItsNewRowAndADeleteByItsOldOne() throws {
        let table = try Self.table("status = 'paid'")
        #expect(try table.update(.full(["1", "open"]), to: ["1", "paid"]).count == 1)
        #expect(try table.update(.full(["1", "paid"]), to: ["1", "open"]).isEmpty)
        #expect(try table.delete(.full(["1", "paid"])).count == 1)
        #expect(try table.delete(.full(["1", "open"])).isEmpty)
    }

    @Test func aChangeOfAColumnCanBeAskedFor() throws {
        let table = try Self.table("operation = 'update' and changed(status)")
        #expect(try table.update(.full(["1", "open"]), to: ["1", "paid"]).count == 1)
        #expect(try table.update(.full(["1", "paid"]), to: ["1", "paid"]).isEmpty)
        #expect(try table.insert(["1", "paid"]).isEmpty)
    }

    @Test func aFilterOfAColumnThatIsNotThereStops() {
        #expect(throws: MappingError.self) { try Self.table("city = 'x'") }
    }
}
