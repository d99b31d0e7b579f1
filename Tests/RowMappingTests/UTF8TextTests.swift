import Testing

@testable import RowMapping

@Suite struct UTF8TextTests {
    private func isValid(_ bytes: [UInt8]) -> Bool { UTF8Text.isValid(bytes + [0], bytes.count) }

    @Test func everyScalarIsValidAndEveryPartOfItIsNot() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let bytes = Array(String(scalar).utf8)
            if !isValid(bytes) { Issue.record("U+\(String(value, radix: 16))") }
            if bytes.count > 1, isValid(Array(bytes.dropLast())) || isValid(Array(bytes.dropFirst())) {
                Issue.record("a part of U+\(String(value, radix: 16))")
            }
        }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
            [0xC3, 0x28], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xF0, 0x9F, 0x98, 0x28],
        ] as [[UInt8]])
    func overlongFormsSurrogatesAndFragmentsAreNot(bytes: [UInt8]) {
        // Wherever they stand in a word of ASCII.
        for offset in 0..<10 {
            let ascii = [UInt8](repeating: 0x61, count: offset)
            #expect(!isValid(ascii + bytes))
            #expect(!isValid(ascii + bytes + [UInt8](repeating: 0x61, count: 10)))
        }
    }

    @Test func theStandardLibrarySaysTheSameOfRandomBytes() {
        var random = SeededRandom(seed: 22)
        // Bytes at the limits of what may follow each other.
        let pool: [UInt8] = [
            0x00, 0x61, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1,
            0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<50_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in pool.randomElement(using: &random)! }
            let isExpected = String(validating: bytes, as: UTF8.self) != nil
            if isValid(bytes) != isExpected { Issue.record("\(bytes)") }
        }
    }
}
