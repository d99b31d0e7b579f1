import Foundation
import ReplicationProtocol
import Testing

@testable import RowMapping

@Suite struct JSONArrayTests {
    static let examples: [JSONValueTests.Example] = [
        (1007, "{}", "[]"),
        (1007, "{1}", "[1]"),
        (1007, "{1,NULL,-3}", "[1,null,-3]"),
        (1007, "{{1,2},{3,4}}", "[[1,2],[3,4]]"),
        (1007, "{{{1}},{{2}}}", "[[[1]],[[2]]]"),
        (1007, "[2:3]={1,2}", "\"[2:3]={1,2}\""),
        (1007, "[0:0][2:3]={{1,2}}", "\"[0:0][2:3]={{1,2}}\""),
        (1009, "{a,b}", "[\"a\",\"b\"]"),
        (1009, "{NULL,\"NULL\",\"null\",Nul,NULLS}", "[null,\"NULL\",\"null\",\"Nul\",\"NULLS\"]"),
        (1009, "{\"\"}", "[\"\"]"),
        (1009, "{\"a,b\",\"{}\",\"x y\"}", "[\"a,b\",\"{}\",\"x y\"]"),
        (1009, "{\"say \\\"hi\\\"\",\"C:\\\\dir\"}", "[\"say \\\"hi\\\"\",\"C:\\\\dir\"]"),
        (1009, "{\"line\nbreak\",\u{1}}", "[\"line\\nbreak\",\"\\u0001\"]"),
        (1009, "[1:1]={\"a\\\"\"}", "\"[1:1]={\\\"a\\\\\\\"\\\"}\""),
        (1000, "{t,f,NULL}", "[true,false,null]"),
        (1231, "{1.50,NaN,-Infinity}", "[1.50,\"NaN\",\"-Infinity\"]"),
        (1022, "{1e+20,-0}", "[1e+20,-0]"),
        (1115, "{\"2026-11-22 10:00:00\",infinity}", "[\"2026-11-22T10:00:00\",\"infinity\"]"),
        (1185, "{\"2026-11-22 10:00:00+00\"}", "[\"2026-11-22T10:00:00Z\"]"),
        (1182, "{2026-11-22}", "[\"2026-11-22\"]"),
        (1001, "{\"\\\\x00ff\",\"\\\\x\"}", "[\"AP8=\",\"\"]"),
        (3807, "{\"{\\\"a\\\": [1, 2]}\",1,\"null\",NULL}", "[{\"a\": [1, 2]},1,null,null]"),
        (199, "{\"\\\"x\\\\ny\\\"\"}", "[\"x\\ny\"]"),
        (2951, "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", "[\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"]"),
        (1020, "{(1,2),(0,0);(3,4),(1,1)}", "[\"(1,2),(0,0)\",\"(3,4),(1,1)\"]"),
        (1017, "{\"(1,2)\",\"(3,4)\"}", "[\"(1,2)\",\"(3,4)\"]"),
        (1006, "{\"1 2\",3}", "[\"1 2\",\"3\"]"),
    ]

    @Test(arguments: examples)
    func anArrayBecomesAJSONArray(example: JSONValueTests.Example) throws {
        let table = try MappedTable([.plain("v", example.type)])
        #expect(try table.insert([.text(example.text)]).map(\.value) == ["{\"v\":\(example.json)}"])
    }

    @Test(arguments: [
        "", "{", "}", "}{", "{1", "{{1}", "{1}}", "1,2", "{\"a", "{\"a\\", "{\"a\\\"}", "{1}2", "{}{}", "{1},{2}",
        "{\"a\"b}",
        "{\"a\"\"b\"}", "{a}\"b\"", "{1,}", "{,1}", "{,}", "{{1}{2}}", "{{1}2}", "{1{2}}", "x{}",
    ])
    func textThatIsNoArrayIsRefused(text: String) throws {
        let table = try MappedTable([.plain("v", 1009)])
        #expect(throws: MappingError.self) { try table.insert([.text(text)]) }
    }

    @Test(arguments: [(1000, "{x}"), (1001, "{\"\\\\x0\"}"), (1000, "{\"\"}")])
    func anElementThatItsTypeDoesNotPrintIsRefused(type: UInt32, text: String) throws {
        let table = try MappedTable([.plain("v", type)])
        #expect(throws: MappingError.self) { try table.insert([.text(text)]) }
    }

    /// What takes the most room for each byte of its text, beside a row's limit for the worst case.
    @Test(arguments: [
        (1000, "f", "false"), (1009, "\u{1}", "\"\\u0001\""), (1009, "a", "\"a\""), (1009, "\"\"", "\"\""),
    ])
    func arraysThatGrowFitTheirReservation(type: UInt32, text: String, json: String) throws {
        for count in [1, 2, 3, 1000, 20_000] {
            let array = "{" + Array(repeating: text, count: count).joined(separator: ",") + "}"
            let expected = "[" + Array(repeating: json, count: count).joined(separator: ",") + "]"
            #expect(try MappedTable([.plain("v", type)]).insert([.text(array)])[0].value == "{\"v\":\(expected)}")
        }
    }

    @Test func theArrayTypesAreThoseOfTheCatalog() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/array-types.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count > 60)
        for line in lines {
            let fields = line.split(separator: " ")
            let array = try #require(UInt32(fields[0]))
            let element = try #require(UInt32(fields[1]))
            let type = try #require(ArrayType(type: OID(rawValue: array), nil, ValueFormats()), "array type \(array)")
            #expect(type.element == ValueEncoding(type: OID(rawValue: element), ValueFormats()), "array type \(array)")
            #expect(type.delimiter == fields[2].utf8.first, "array type \(array)")
        }
    }
}
