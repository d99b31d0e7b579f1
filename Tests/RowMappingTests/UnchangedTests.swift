import ReplicationProtocol
import Testing

@testable import RowMapping

@Suite struct UnchangedTests {
    private static let columns: [Relation.Column] = [
        .init(isKey: true, name: "id", type: OID(rawValue: 23)),
        .init(isKey: true, name: "body", type: OID(rawValue: 25)),
        .init(isKey: true, name: "seen", type: OID(rawValue: 23)),
    ]

    private static func table(exclude: [String] = []) throws -> MappedTable {
        var rules = ColumnRules()
        rules.exclude = exclude
        return try MappedTable(columns, identity: .full, key: ["id"], skipUnchanged: true, rules: rules)
    }

    @Test func anUpdateThatChangedNothingSendsNothing() throws {
        #expect(try Self.table().update(.full(["1", "a", nil]), to: ["1", "a", nil]).isEmpty)
        #expect(try Self.table().update(.full(["1", "a", nil]), to: ["1", .unchangedTOAST, nil]).isEmpty)
    }

    @Test func anUpdateOfColumnsThatAreLeftOutSendsNothing() throws {
        #expect(try Self.table(exclude: ["seen"]).update(.full(["1", "a", "1"]), to: ["1", "a", "2"]).isEmpty)
    }

    @Test func anUpdateOfTheKeyIsSentEvenWhereTheValueLeavesItOut() throws {
        let records = try Self.table(exclude: ["id"]).update(.full(["1", "a", "1"]), to: ["2", "a", "1"])
        #expect(records.map(\.key) == ["1", "2"])
    }

    @Test func anUpdateFromNullOrToNullIsAChange() throws {
        #expect(try Self.table().update(.full(["1", nil, "1"]), to: ["1", "", "1"]).count == 1)
        #expect(try Self.table().update(.full(["1", "", "1"]), to: ["1", nil, "1"]).count == 1)
    }

    @Test func withoutTheOldRowEveryUpdateIsSent() throws {
        #expect(try Self.table().update(to: ["1", "a", "1"]).count == 1)
    }

    @Test func aPlaceholderStandsForWhatTheChangeDoesNotCarry() throws {
        let table = try MappedTable(
            [
                .init(isKey: true, name: "id", type: OID(rawValue: 23)),
                .init(isKey: false, name: "a", type: OID(rawValue: 25)),
                .init(isKey: false, name: "b", type: OID(rawValue: 25)),
            ], unchangedTOAST: .placeholder)
        let big = String(repeating: "x", count: 20_000)
        #expect(
            try table.update(to: ["1", .unchangedTOAST, .unchangedTOAST]).map(\.value)
                == ["{\"id\":1,\"a\":\"__unchanged_toast\",\"b\":\"__unchanged_toast\"}"])
        #expect(
            try table.update(to: ["1", .unchangedTOAST, .text(big)]).map(\.value)
                == ["{\"id\":1,\"a\":\"__unchanged_toast\",\"b\":\"\(big)\"}"])
    }
}
