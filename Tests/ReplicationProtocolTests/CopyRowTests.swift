import ReplicationProtocol
import Testing

@Suite struct CopyRowTests {
    private func values(_ text: String, columns: Int) throws -> [String?] {
        try CopyLine.decode(Array(text.utf8), columns: columns).values.map {
            $0.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test(
        arguments: [
            ("(0,1)\t1\tab\n", ["1", "ab"]), ("(0,1)\t\t\n", ["", ""]), ("(0,1)\t\\N\t\\\\N\n", [nil, "\\N"]),
            ("(0,1)\ta\\tb\tc\\nd\n", ["a\tb", "c\nd"]),
            ("(0,1)\t\\b\\f\\n\\r\\t\\v\\\\\tü😀\n", ["\u{8}\u{C}\n\r\t\u{B}\\", "ü😀"]),
            ("(0,1)\t0123456789\\t0123456789\\t\t\\N\n", ["0123456789\t0123456789\t", nil]),
            ("(0,1)\t\\\\\\\\\\\\\tx\\\\\n", ["\\\\\\", "x\\"]),
            (
                "(0,1)\t\u{1}\u{7}\u{1F}12345678\t{\"a\": \"\\\\n\"}\n",
                ["\u{1}\u{7}\u{1F}12345678", "{\"a\": \"\\n\"}"]
            ),
        ] as [(String, [String?])])
    func valuesAreTheServers(_ line: String, _ expected: [String?]) throws {
        #expect(try values(line, columns: 2) == expected)
    }

    @Test(arguments: [
        ("(0,1)", TupleID(page: 0, item: 1)), ("(4294967295,65535)", TupleID(page: .max, item: .max)),
        ("(17,290)", TupleID(page: 17, item: 290)),
    ])
    func theCTIDIsRead(_ text: String, _ expected: TupleID) throws {
        #expect(try CopyLine.decode(Array("\(text)\n".utf8), columns: 0).tupleID == expected)
        #expect(expected.description == text)
    }

    @Test(
        arguments: [
            ("", 1, .malformedTupleID), ("\n", 0, .malformedTupleID), ("(0,1)x\n", 0, .malformedTupleID),
            ("(,1)\n", 0, .malformedTupleID), ("(4294967296,1)\n", 0, .malformedTupleID),
            ("(0,65536)\n", 0, .malformedTupleID),
            ("(-1,1)\n", 0, .malformedTupleID), ("(99999999999999999999,1)\n", 0, .malformedTupleID),
            ("\\N\t1\n", 1, .malformedTupleID),
            ("(0,1)\t1", 1, .unended(length: 7)), ("(0,1)\t\\N", 1, .unended(length: 8)),
            ("(0,1)\t1\n2", 1, .trailingBytes(count: 1)), ("(0,1)\t1\n", 2, .columnCount(expected: 2, found: 1)),
            ("(0,1)\t1\t2\t3\n", 2, .columnCount(expected: 2, found: 3)),
            ("(0,1)\n", 1, .columnCount(expected: 1, found: 0)),
            ("(0,1)\t\\x41\n", 1, .malformedEscape(column: 0, offset: 6)),
            ("(0,1)\ta\tb\\101\n", 2, .malformedEscape(column: 1, offset: 9)),
            ("(0,1)\t\\Nx\n", 1, .malformedEscape(column: 0, offset: 6)),
            ("(0,1)\tx\\N\n", 1, .malformedEscape(column: 0, offset: 7)),
            ("(0,1)\t\\", 1, .malformedEscape(column: 0, offset: 6)),
            ("(0,1)\t\\.\n", 1, .malformedEscape(column: 0, offset: 6)),
            ("(0,1)\n", 5000, .columnCount(expected: 5000, found: 1664)),
        ] as [(String, Int, CopyRowError)])
    func otherLinesAreRefused(_ line: String, _ columns: Int, _ expected: CopyRowError) {
        #expect(throws: expected) { try CopyLine.decode(Array(line.utf8), columns: columns) }
    }

    @Test func aLineCutAtEveryLengthIsRefused() {
        let line = CopyLine.line([Array("a\tb\\c".utf8), nil, [], Array("0123456789abcdef\n".utf8)], ctid: "(123,45)")
        for length in 0..<line.count {
            #expect(throws: CopyRowError.self, "\(length)") { try CopyLine.decode(Array(line[..<length]), columns: 4) }
        }
    }

    @Test func aRowIsReusedWithoutLeavingsOfTheLast() throws {
        var row = CopyRow()
        for (line, expected) in [("(0,1)\ta\tb\n", 2), ("(0,2)\tx\n", 1), ("(0,3)\n", 0)] {
            var bytes = Array(line.utf8)
            try bytes.withUnsafeMutableBytes { try row.decode($0, columns: expected) }
            #expect(row.tuples.new.count == expected)
            #expect(row.tuples.new.byteCount == expected)
        }
        var broken = Array("(0,4)\ta\n".utf8)
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
            #expect(try CopyLine.decode(CopyLine.line(values), columns: values.count).values == values)
        }
    }

    @Test func randomBytesAreRefusedOrRead() {
        var random = SeededRandom(seed: 7)
        let special = Array("()0123,\t\n\\Nbtn".utf8)
        var read = 0
        for _ in 0..<50_000 {
            var line = Array("(1,2)".utf8)
            for _ in 0..<Int.random(in: 0...20, using: &random) { line.append(special.randomElement(using: &random)!) }
            if Int.random(in: 0..<8, using: &random) == 0 { line[Int.random(in: 0..<line.count, using: &random)] ^= 1 }
            if (try? CopyLine.decode(line, columns: Int.random(in: 0...4, using: &random))) != nil { read += 1 }
        }
        #expect(read > 0)
    }
}
