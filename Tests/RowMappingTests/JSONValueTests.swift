import Foundation
import ReplicationProtocol
import Testing

@testable import RowMapping

@Suite struct JSONValueTests {
    /// A type's OID, what PostgreSQL prints, and the JSON that becomes of it.
    typealias Example = (type: UInt32, text: String, json: String)

    static let numbers: [Example] = [
        (21, "-32768", "-32768"),
        (23, "0", "0"),
        (20, "9223372036854775807", "9223372036854775807"),
        (700, "1.5", "1.5"),
        (701, "-0", "-0"),
        (701, "1e+20", "1e+20"),
        (701, "5e-324", "5e-324"),
        (701, "NaN", "\"NaN\""),
        (701, "Infinity", "\"Infinity\""),
        (701, "-Infinity", "\"-Infinity\""),
        (1700, "0.10", "0.10"),
        (1700, "NaN", "\"NaN\""),
        (1700, "-Infinity", "\"-Infinity\""),
        (1700, String(repeating: "9", count: 5000) + ".5", String(repeating: "9", count: 5000) + ".5"),
        (16, "t", "true"),
        (16, "f", "false"),
        // Not numbers in SQL either.
        (26, "4294967295", "\"4294967295\""),
        (790, "$1,000.00", "\"$1,000.00\""),
    ]

    static let times: [Example] = [
        (1114, "2026-11-22 10:00:00", "\"2026-11-22T10:00:00\""),
        (1114, "2026-11-22 10:00:00.123456", "\"2026-11-22T10:00:00.123456\""),
        (1114, "0001-01-01 00:00:00", "\"0001-01-01T00:00:00\""),
        (1114, "10000-01-01 00:00:00", "\"10000-01-01T00:00:00\""),
        (1114, "294276-12-31 23:59:59.999999", "\"294276-12-31T23:59:59.999999\""),
        (1114, "0044-03-15 12:00:00 BC", "\"0044-03-15 12:00:00 BC\""),
        (1114, "infinity", "\"infinity\""),
        (1114, "-infinity", "\"-infinity\""),
        (1184, "2026-11-22 10:00:00+00", "\"2026-11-22T10:00:00Z\""),
        (1184, "2026-11-22 10:00:00.5+00", "\"2026-11-22T10:00:00.5Z\""),
        (1184, "10000-01-01 00:00:00+00", "\"10000-01-01T00:00:00Z\""),
        (1184, "0044-03-15 12:00:00+00 BC", "\"0044-03-15 12:00:00+00 BC\""),
        (1184, "infinity", "\"infinity\""),
        (1184, "-infinity", "\"-infinity\""),
        // Where the session is not in UTC after all, the zone must not be lost.
        (1184, "2026-11-22 10:00:00+05:30", "\"2026-11-22T10:00:00+05:30\""),
        (1184, "2026-11-22 10:00:00-00:44", "\"2026-11-22T10:00:00-00:44\""),
        (1082, "2026-11-22", "\"2026-11-22\""),
        (1082, "0044-03-15 BC", "\"0044-03-15 BC\""),
        (1083, "24:00:00", "\"24:00:00\""),
        (1266, "10:00:00.5+00", "\"10:00:00.5+00\""),
        (1186, "1 year 2 mons -3 days +04:05:06.7", "\"1 year 2 mons -3 days +04:05:06.7\""),
    ]

    static let texts: [Example] = [
        (25, "", "\"\""),
        (25, "NULL", "\"NULL\""),
        (1043, "a\"b\\c/d", "\"a\\\"b\\\\c/d\""),
        (1042, "pad  ", "\"pad  \""),
        (2950, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\""),
        (869, "10.0.0.1/8", "\"10.0.0.1/8\""),
        (3220, "16/B374D848", "\"16/B374D848\""),
        (3904, "[1,5)", "\"[1,5)\""),
        (3908, "[\"2026-01-01 00:00:00\",)", "\"[\\\"2026-01-01 00:00:00\\\",)\""),
        (600, "(1,2)", "\"(1,2)\""),
        (22, "1 2 3", "\"1 2 3\""),
        // A composite and an array of a type that is not built in.
        (16_500, "(\"Main \"\"St\"\"\",7)", "\"(\\\"Main \\\"\\\"St\\\"\\\"\\\",7)\""),
        (16_501, "{sad,happy}", "\"{sad,happy}\""),
        (114, "{\"a\": [1,\n 2], \"b\":null}", "{\"a\": [1,\n 2], \"b\":null}"),
        (3802, "\"x\\ny\"", "\"x\\ny\""),
        (17, "\\x", "\"\""),
        (17, "\\x00", "\"AA==\""),
        (17, "\\x00ff", "\"AP8=\""),
        (17, "\\x00FfaB", "\"AP+r\""),
        (17, "\\xfbefbeff", "\"++++/w==\""),
    ]

    @Test(arguments: numbers + times + texts)
    func aValueBecomesTheJSONOfItsType(example: Example) throws {
        let table = try MappedTable([.plain("v", example.type)])
        #expect(try table.insert([.text(example.text)]).map(\.value) == ["{\"v\":\(example.json)}"])
    }

    /// The measured path, which large rows take, must agree.
    @Test(arguments: numbers + times + texts)
    func aValueInALargeRowBecomesTheSameJSON(example: Example) throws {
        let table = try MappedTable([.plain("v", example.type), .plain("big")])
        let big = String(repeating: "x", count: 20_000)
        #expect(
            try table.insert([.text(example.text), .text(big)]).map(\.value)
                == ["{\"v\":\(example.json),\"big\":\"\(big)\"}"])
    }

    @Test(arguments: [16, 17, 20, 25, 114, 701, 1007, 1082, 1184, 16_500] as [UInt32])
    func nullIsNullInEveryType(type: UInt32) throws {
        #expect(try MappedTable([.plain("v", type)]).insert([nil]).map(\.value) == ["{\"v\":null}"])
    }

    @Test(arguments: [
        (17, "\\x0"), (17, "\\x000"), (17, "\\x0g"), (17, "\\xg0"), (17, "abc"), (17, ""), (17, "\\"), (16, "true"),
        (16, ""), (16, "x"),
    ])
    func textThatTheTypeDoesNotPrintIsRefusedWithoutBeingShown(type: UInt32, text: String) throws {
        let table = try MappedTable([.plain("id", 23), .plain("v", type)])
        #expect(
            throws: MappingError.malformedValue(
                column: "v", type: "with OID \(type)", table: TableName(schema: "public", name: "t"))
        ) { try table.insert(["1", .text(text)]) }
    }

    @Test(arguments: 0...70)
    func byteaOfEveryLengthIsBase64(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 250) }
        let hex = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        #expect(
            try MappedTable([.plain("v", 17)]).insert([.text("\\x" + hex)]).map(\.value)
                == ["{\"v\":\"\(Data(bytes).base64EncodedString())\"}"])
    }
}
