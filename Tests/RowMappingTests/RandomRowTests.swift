import Foundation
import Testing

@testable import RowMapping

/// Random rows against an encoder that is slow and obvious, and against Foundation's parser.
@Suite struct RandomRowTests {
    private static let columns = ["text", "an \"array\"", "more", "note"]

    private func table() throws -> MappedTable {
        try MappedTable([
            .plain(Self.columns[0]), .plain(Self.columns[1], 1009), .plain(Self.columns[2]), .plain(Self.columns[3]),
        ])
    }

    private func text(upTo limit: Int, _ random: inout SeededRandom) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...limit, using: &random) {
            // NUL, which PostgreSQL's text cannot hold, is left out.
            let range: ClosedRange<UInt32> =
                switch Int.random(in: 0..<10, using: &random) {
                case 0: 0x01...0x1F
                case 1: 0x22...0x22
                case 2: 0x5C...0x5C
                case 3: 0x80...0x7FF
                case 4: 0x800...0xD7FF
                case 5: 0x10000...0x10FFFF
                default: 0x20...0x7F
                }
            text.unicodeScalars.append(Unicode.Scalar(.random(in: range, using: &random))!)
        }
        return text
    }

    @Test(arguments: [(1, 40, 2000), (2, 3000, 60)] as [(UInt64, Int, Int)])
    func randomRowsAreWhatTheReferenceWrites(seed: UInt64, limit: Int, rows: Int) throws {
        var random = SeededRandom(seed: seed)
        let table = try table()
        for _ in 0..<rows {
            let first = text(upTo: limit, &random)
            let elements = (0..<Int.random(in: 0...8, using: &random)).map { _ -> String? in
                Int.random(in: 0..<5, using: &random) == 0 ? nil : text(upTo: limit / 4, &random)
            }
            let third = Bool.random(using: &random) ? nil : text(upTo: limit, &random)
            let record = try table.insert([
                .text(first), .text(ReferenceJSON.postgresArray(elements)), third.map { .text($0) } ?? .null,
                .unchangedTOAST,
            ])[0]
            let value = try #require(record.value)
            let expected =
                "{\"text\":\(ReferenceJSON.string(first)),\"an \\\"array\\\"\":\(ReferenceJSON.array(elements)),"
                + "\"more\":\(third.map(ReferenceJSON.string) ?? "null")}"
            #expect(value.utf8.elementsEqual(expected.utf8))

            let parsed = try #require(try JSONSerialization.jsonObject(with: Data(value.utf8)) as? [String: Any])
            #expect((parsed["text"] as? String)?.unicodeScalars.elementsEqual(first.unicodeScalars) == true)
            #expect((parsed["an \"array\""] as? [Any])?.map { $0 as? String } == elements)
            #expect(parsed["more"] as? String == third)
            #expect(parsed.count == 3)
        }
    }
}
