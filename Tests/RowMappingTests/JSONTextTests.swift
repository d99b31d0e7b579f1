import Foundation
import Testing

@testable import RowMapping

@Suite struct JSONTextTests {
    private func json(_ text: String) throws -> String {
        let record = try #require(try MappedTable([.plain("v")]).insert([.text(text)]).first)
        return String(try #require(record.value).dropFirst("{\"v\":".count).dropLast())
    }

    private static let scalars: [Unicode.Scalar] =
        (0...0x7F).compactMap(Unicode.Scalar.init) + [
            "\u{80}", "\u{85}", "\u{A0}", "\u{7FF}", "\u{800}", "\u{2028}", "\u{2029}", "\u{D7FF}", "\u{E000}",
            "\u{FEFF}",
            "\u{FFFD}", "\u{FFFF}", "\u{10000}", "\u{1F600}", "\u{20000}", "\u{FFFFF}", "\u{10FFFF}",
        ]

    /// Text is looked at eight bytes at a time: each scalar stands at every place of such a word.
    @Test(arguments: 0...17)
    func everyScalarIsWrittenRightAtEveryOffset(offset: Int) throws {
        for scalar in Self.scalars {
            for tail in [0, 1, 7, 8, 9] {
                let text = String(repeating: "a", count: offset) + String(scalar) + String(repeating: "z", count: tail)
                #expect(try json(text) == ReferenceJSON.string(text))
            }
        }
    }

    @Test func escapesAreTheShortOnesWhereJSONHasThem() throws {
        #expect(
            try json("\u{0}\u{1}\u{7}\u{8}\t\n\u{B}\u{C}\r\u{E}\u{1F} \"\\\u{7F}")
                == "\"\\u0000\\u0001\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u001f \\\"\\\\\u{7F}\"")
    }

    /// A byte's escape must not depend on what its neighbours borrow.
    @Test func everyPairOfBytesIsWrittenRight() throws {
        let table = try MappedTable([.plain("v")])
        for first in UInt8(0)...0x7F {
            let pairs = (UInt8(0)...0x7F).map {
                [UInt8](repeating: 0x61, count: Int(first & 7)) + [first, $0] + "bcdefgh".utf8
            }
            for pair in pairs {
                let text = String(decoding: pair, as: UTF8.self)
                let value = try table.insert([.bytes(pair)])[0].value
                if value != "{\"v\":\(ReferenceJSON.string(text))}" { Issue.record("\(pair) became \(value ?? "")") }
            }
        }
    }

    @Test func aRowOfEscapesFitsItsReservation() throws {
        for count in [1, 7, 8, 9, 1000, 16 * 1024, 16 * 1024 + 1, 100_000] {
            let value = try MappedTable([.plain("v")]).insert([.text(String(repeating: "\u{1}", count: count))])[0]
                .value
            #expect(value == "{\"v\":\"" + String(repeating: "\\u0001", count: count) + "\"}")
        }
    }

    @Test func columnNamesAreEscapedToo() throws {
        #expect(
            try MappedTable([.plain("a\"b\\\n")]).insert(["x"]).map(\.value) == ["{\"a\\\"b\\\\\\n\":\"x\"}"])
    }
}
