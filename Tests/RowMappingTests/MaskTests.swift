import Testing

@testable import RowMapping

@Suite struct MaskTests {
    private static let guardByte: UInt8 = 0xA5

    /// What the mask writes; checks that it keeps to its bound.
    private func masked(_ mask: Mask, _ bytes: [UInt8]) -> [UInt8] {
        let bound = mask.bound(bytes.count)
        var output = [UInt8](repeating: Self.guardByte, count: bound + 8)
        let input = bytes + [0]
        let count = mask.write(input, bytes.count, to: &output)
        #expect(count <= bound, "\(mask) of \(bytes)")
        #expect(output[bound...].allSatisfy { $0 == Self.guardByte }, "\(mask) of \(bytes)")
        return Array(output[..<count])
    }

    private func masked(_ mask: Mask, _ text: String) -> String {
        String(decoding: masked(mask, Array(text.utf8)), as: UTF8.self)
    }

    @Test(arguments: ["", "a", "a secret"])
    func redactTellsNotEvenTheLength(text: String) {
        #expect(masked(.redact, text) == "***")
    }

    @Test func hashesAreThoseOfTheText() {
        #expect(masked(.sha256, "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(masked(.sha256, "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            masked(.hmacSHA256(MaskKey("Jefe")), "what do ya want for nothing?")
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test(arguments: [
        (4, "", ""), (4, "1234", "****"), (4, "123", "***"), (4, "12345", "*2345"),
        (4, "4111111111111111", "************1111"), (1, "ä", "*"), (1, "äö", "*ö"), (2, "日本語🙂", "**語🙂"),
        (4, "e\u{301}e\u{301}e\u{301}", "**e\u{301}e\u{301}"), (1024, "short", "*****"), (1, "\"\"", "*\""),
    ])
    func lastKeepsTheEndOfALongerText(kept: Int, text: String, expected: String) {
        #expect(masked(.last(kept), text) == expected)
    }

    @Test(arguments: [
        (8, "", ""), (8, "1234567", "1234567"), (8, "12345678", "12345678"), (8, "123456789", "12345678"),
        (1, "äöü", "ä"), (2, "日本語", "日本"), (1, "🙂x", "🙂"), (1024, "short", "short"),
    ])
    func truncateKeepsTheBeginning(kept: Int, text: String, expected: String) {
        #expect(masked(.truncate(kept), text) == expected)
    }

    /// A run of continuation bytes is no single character, or much would go out in clear.
    @Test func bytesThatAreNoUTF8CountOneEach() {
        #expect(masked(.last(2), [0x31, 0x32, 0xA0, 0xA1, 0xA2, 0xA3]) == Array("****".utf8) + [0xA2, 0xA3])
        #expect(masked(.last(1), [0xC3, 0xA4, 0xA4, 0xA4]) == Array("**".utf8) + [0xA4])
        #expect(masked(.truncate(2), [0xF0, 0x9F, 0x61, 0x62]) == [0xF0, 0x9F, 0x61])
        #expect(masked(.truncate(3), [0xFF, 0x80, 0x80, 0x80]) == [0xFF, 0x80, 0x80])
    }

    @Test func anyBytesAreMaskedWithinTheBound() {
        var random = SeededRandom(seed: 21)
        let masks: [Mask] = [
            .redact, .sha256, .hmacSHA256(MaskKey("k")), .last(1), .last(4), .last(1024), .last(.max), .truncate(1),
            .truncate(3), .truncate(1024), .truncate(.max), .last(0), .truncate(0), .last(-1), .truncate(-1),
            .truncate(.min),
        ]
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0x80...0xFF, using: &random) : UInt8.random(in: 0...0x7F, using: &random)
            }
            for mask in masks { _ = masked(mask, bytes) }
        }
    }
}
