import ReplicationProtocol
import Testing

@testable import RowMapping

/// Rows above 16 KiB are measured column by column.
@Suite struct LargeRowTests {
    /// Either side of the limit, by one byte.
    @Test(arguments: [16_383, 16_384, 16_385, 16_400])
    func aRowAtTheLimitIsWrittenAlikeOnBothSides(size: Int) throws {
        let text = String(repeating: "\"", count: size - 1)
        #expect(
            try MappedTable([.key("id"), .plain("v")]).insert(["1", .text(text)])
                == [MappedRecord(key: "1", value: "{\"id\":1,\"v\":\(ReferenceJSON.string(text))}")])
    }

    @Test func aWideRowIsMeasuredColumnByColumn() throws {
        let columns = (0..<1600).map { Relation.Column.plain("c\($0)") }
        let texts = (0..<1600).map { String(repeating: $0 % 3 == 0 ? "\u{1}" : "x", count: $0 % 40) }
        let expected = texts.enumerated().map { "\"c\($0)\":\(ReferenceJSON.string($1))" }.joined(separator: ",")
        #expect(
            try MappedTable(columns, operationField: "op").insert(texts.map { .text($0) }).map(\.value)
                == ["{\(expected),\"op\":\"INSERT\"}"])
    }

    @Test func manyNullsAfterALargeValueFit() throws {
        let columns = [Relation.Column.plain("v")] + (0..<1000).map { Relation.Column.plain("c\($0)") }
        let text = String(repeating: "x", count: 20_000)
        let expected = "{\"v\":\"\(text)\"," + (0..<1000).map { "\"c\($0)\":null" }.joined(separator: ",") + "}"
        let row = [ChangeBytes.Value.text(text)] + .init(repeating: .null, count: 1000)
        #expect(try MappedTable(columns).insert(row).map(\.value) == [expected])
    }

    private static let tenMillion = 10_000_000

    @Test func tenMegabytesOfPlainTextAreWritten() throws {
        let text = String(repeating: "0123456789", count: Self.tenMillion / 10)
        let value = try MappedTable([.plain("v")]).insert([.text(text)])[0].value
        #expect((value ?? "").utf8.elementsEqual("{\"v\":\"\(text)\"}".utf8))
    }

    @Test func tenMegabytesOfControlCharactersAreWritten() throws {
        let text = String(repeating: "\u{1F}", count: Self.tenMillion)
        let value = try MappedTable([.plain("v")]).insert([.text(text)])[0].value
        #expect((value ?? "").utf8.count == 6 * Self.tenMillion + 8)
        #expect((value ?? "").hasSuffix("\\u001f\\u001f\"}"))
    }

    @Test func tenMegabytesOfByteaAreWritten() throws {
        let hex = String(repeating: "fbefbe", count: Self.tenMillion / 6)
        let value = try MappedTable([.plain("v", 17)]).insert([.text("\\x" + hex)])[0].value
        #expect((value ?? "") == "{\"v\":\"" + String(repeating: "++++", count: Self.tenMillion / 6) + "\"}")
    }

    @Test func aKeyOfTenMegabytesIsWrittenTwice() throws {
        let text = String(repeating: "k", count: Self.tenMillion)
        let record = try MappedTable([.key("id", 25)]).insert([.text(text)])[0]
        #expect(record.key?.utf8.count == Self.tenMillion)
        #expect(record.value?.utf8.count == Self.tenMillion + "{\"id\":\"\"}".utf8.count)
    }
}
