import ReplicationProtocol
import Testing

@testable import RowMapping

@Suite struct InsertTests {
    private static let name = TableName(schema: "public", name: "t")

    @Test func columnsStandInTableOrder() throws {
        let table = try MappedTable([.key("id"), .plain("name"), .plain("created_on", 1184)])
        #expect(
            try table.insert(["1", "Ada", "2026-11-22 10:00:00.123456+00"]) == [
                MappedRecord(
                    key: "1", value: "{\"id\":1,\"name\":\"Ada\",\"created_on\":\"2026-11-22T10:00:00.123456Z\"}")
            ])
    }

    @Test(arguments: [("t", 16), ("\\x00ff", 17), ("a \"b\"\n", 25), ("", 25), ("{1}", 1007)] as [(String, UInt32)])
    func aSingleKeyIsItsColumnsText(text: String, type: UInt32) throws {
        #expect(try MappedTable([.key("k", type)]).insert([.text(text)]).map(\.key) == [text])
    }

    @Test func severalKeyColumnsMakeAnObject() throws {
        let table = try MappedTable([.key("a", 25), .key("b", 1184), .key("c", 1000), .plain("d")])
        #expect(
            try table.insert(["\"\u{1}", "2026-11-22 10:00:00+00", "{t,f}", "x"]).map(\.key)
                == ["{\"a\":\"\\\"\\u0001\",\"b\":\"2026-11-22T10:00:00Z\",\"c\":[true,false]}"])
    }

    @Test func aKeyThatIsNullIsNoKey() throws {
        #expect(
            try MappedTable([.key("id"), .plain("a")], key: ["a"]).insert(["1", nil])
                == [MappedRecord(key: nil, value: "{\"id\":1,\"a\":null}")])
    }

    @Test func nullsInACompositeKeyStayNull() throws {
        #expect(try MappedTable([.key("a"), .key("b")]).insert(["1", nil]).map(\.key) == ["{\"a\":1,\"b\":null}"])
    }

    @Test func theOperationFieldComesLast() throws {
        let table = try MappedTable([.key("id")], operationField: "op\"")
        #expect(try table.insert(["1"]).map(\.value) == ["{\"id\":1,\"op\\\"\":\"INSERT\"}"])
    }

    @Test func aRowOfWhichNothingIsSentIsAnEmptyObject() throws {
        #expect(
            try MappedTable([.plain("a"), .plain("b")]).insert([.unchangedTOAST, .unchangedTOAST]).map(\.value) == [
                "{}"
            ])
        #expect(try MappedTable([]).insert([]).map(\.value) == ["{}"])
    }

    @Test func anOperationFieldAloneIsAnObject() throws {
        #expect(try MappedTable([], operationField: "op").insert([]).map(\.value) == ["{\"op\":\"INSERT\"}"])
    }

    @Test(arguments: [0, 1, 3])
    func aRowOfAnotherShapeIsRefused(count: Int) throws {
        let table = try MappedTable([.key("id"), .plain("a")])
        #expect(throws: MappingError.columnCountMismatch(table: Self.name, relation: 2, tuple: count)) {
            try table.insert(.init(repeating: "1", count: count))
        }
    }

    @Test(arguments: [0, 1])
    func aBinaryValueIsRefusedAsKeyAndAsValue(column: Int) throws {
        let table = try MappedTable([.key("c0"), .plain("c1")])
        var row: [ChangeBytes.Value] = ["1", "2"]
        row[column] = .binary([0, 0, 0, 1])
        #expect(throws: MappingError.unexpectedBinary(column: "c\(column)", table: Self.name)) {
            try table.insert(row)
        }
    }
}
