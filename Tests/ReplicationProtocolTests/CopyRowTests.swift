import ReplicationProtocol
import Testing

@Suite struct CopyRowTests {
    private func values(_ text: String, columns: Int) throws -> [String?] {
        try CopyLine.decode(Array(text.utf8), columns: columns).map {
            $0.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test(
        arguments: [
            ("1\tab\n", ["1", "ab"]), ("\t\n", ["", ""]), ("\\N\t\\\\N\n", [nil, "\\N"]),
            ("a\\tb\tc\\nd\n", ["a\tb", "c\nd"]),
            ("\\b\\f\\n\\r\\t\\v\\\\\tü😀\n", ["\u{8}\u{C}\n\r\t\u{B}\\", "ü😀"]),
            ("0123456789\\t0123456789\\t\t\\N\n", ["0123456789\t0123456789\t", nil]),
            ("\\\\\\\\\\\\\tx\\\\\n", ["\\\\\\", "x\\"]),
            (
                "\u{1}\u{7}\u{1F}12345678\t{\"a\": \"\\\\n\"}\n",
                ["\u{1}\u{7}\u{1F}12345678", "{\"a\": \"\\n\"}"]
            ),
        ] as [(String, [String?])])
    func valuesAreTheServers(_ line: String, _ expected: [String?]) throws {
        #expect(try values(line, columns: 2) == expected)
    }

    @Test(
        arguments: [
            ("", 0, .unended(length: 0)), ("", 1, .unended(length: 0)), ("x", 0, .columnCount(expected: 0, found: 1)),
            ("\n", 2, .columnCount(expected: 2, found: 1)), ("\n\n", 0, .trailingBytes(count: 1)),
            ("1", 1, .unended(length: 1)), ("\\N", 1, .unended(length: 2)),
            ("1\n2", 1, .trailingBytes(count: 1)), ("1\n", 2, .columnCount(expected: 2, found: 1)),
            ("1\t2\t3\n", 2, .columnCount(expected: 2, found: 3)), ("1\t", 2, .unended(length: 2)),
            ("\\x41\n", 1, .malformedEscape(column: 0, offset: 0)),
            ("a\tb\\101\n", 2, .malformedEscape(column: 1, offset: 3)),
            ("\\Nx\n", 1, .malformedEscape(column: 0, offset: 0)),
            ("x\\N\n", 1, .malformedEscape(column: 0, offset: 1)),
            ("\\", 1, .malformedEscape(column: 0, offset: 0)),
            ("\\.\n", 1, .malformedEscape(column: 0, offset: 0)),
            ("\n", 5000, .columnCount(expected: 5000, found: 1664)),
        ] as [(String, Int, CopyRowError)])
    func otherLinesAreRefused(_ line: String, _ columns: Int, _ expected: CopyRowError) {
        #expect(throws: expected) { try CopyLine.decode(Array(line.utf8), columns: columns) }
    }

    @Test func aLineCutAtEveryLengthIsRefused() {
        let line = CopyLine.line([Array("a\tb\\c".utf8), nil, [], Array("0123456789abcdef\n".utf8)])
        for length in 0..<line.count {
            #expect(throws: CopyRowError.self, "\(length)") { try CopyLine.decode(Array(line[..<length]), columns: 4) }
        }
    }

    @Test func aRowIsReusedWithoutLeavingsOfTheLast() throws {
        var row = CopyRow()
        for (line, expected) in [("a\tb\n", 2), ("x\n", 1), ("\n", 0)] {
            var bytes = Array(line.utf8)
            try bytes.withUnsafeMutableBytes { try row.decode($0, columns: expected) }
            #expect(row.tuples.new.count == expected)
            #expect(row.tuples.new.byteCount == expected)
        }
        var broken = Array("a\n".utf8)
        #expect(throws: CopyRowError.self) { try broken.withUnsafeMutableBytes { try row.decode($0, columns: 2) } }
        #expect(row.tuples.new.count == 0)
    }

    @Test func randomRowsComeBackAsTheyWere() throws {
        var random = SeededRandom(seed: 6)
        // Mostly bytes that mean something.
        let special: [UInt8] = [0, 7, 8, 9, 10, 11, 12, 13, 0x5C, 0x4E, 0x2E, 0x7F, 0x80, 0xFF]
        for _ in 0..<20_000 {
            let values: [[UInt8]?] = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                if Int.random(in: 0..<5, using: &random) == 0 { return nil }
                return (0..<Int.random(in: 0...24, using: &random)).map { _ in
                    Bool.random(using: &random)
                        ? special.randomElement(using: &random)! : UInt8.random(in: 0...255, using: &random)
                }
            }
            #expect(try CopyLine.decode(CopyLine.line(values), columns: values.count) == values)
        }
    }

    @Test func randomBytesAreRefusedOrRead() {
        var random = SeededRandom(seed: 7)
        let special = Array("0123\t\n\\Nbtn".utf8)
        var read = 0
        for _ in 0..<50_000 {
            var line: [UInt8] = []
            for _ in 0..<Int.random(in: 0...20, using: &random) { line.append(special.randomElement(using: &random)!) }
            if !line.isEmpty, Int.random(in: 0..<8, using: &random) == 0 {
                line[Int.random(in: 0..<line.count, using: &random)] ^= 1
            }
            if (try? CopyLine.decode(line, columns: Int.random(in: 0...4, using: &random))) != nil { read += 1 }
        }
        #expect(read > 0)
    }
}
