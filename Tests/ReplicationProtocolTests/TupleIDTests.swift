import ReplicationProtocol
import Testing

@Suite struct TupleIDTests {
    private func split(_ line: String) -> (tupleID: TupleID, rest: String)? {
        var bytes = Array(line.utf8)
        return bytes.withUnsafeMutableBytes { bytes in
            TupleID.split(bytes).map { ($0.tupleID, String(decoding: $0.rest, as: UTF8.self)) }
        }
    }

    @Test(arguments: [
        ("(0,1)", TupleID(page: 0, item: 1)), ("(4294967295,65535)", TupleID(page: .max, item: .max)),
        ("(17,290)", TupleID(page: 17, item: 290)),
    ])
    func aLineIsSplitBehindItsTupleID(_ text: String, _ expected: TupleID) throws {
        #expect(expected.description == text)
        for (line, rest) in [("\t1\tab\n", "1\tab\n"), ("\t\n", "\n"), ("\n", "\n")] {
            let parts = try #require(split(text + line))
            #expect(parts.tupleID == expected)
            #expect(parts.rest == rest)
        }
    }

    @Test(arguments: [
        "", "\n", "(0,1)", "(0,1)x\n", "(,1)\n", "(4294967296,1)\n", "(0,65536)\n", "(-1,1)\n", "(1)\n", "(1,1\n",
        "(99999999999999999999,1)\n", "\\N\t1\n",
    ])
    func otherLinesAreRefused(_ line: String) { #expect(split(line) == nil) }
}
