import Testing

@testable import ReplicationProtocol

@Suite struct LSNTests {
    private static let texts: [(String, UInt64)] = [
        ("0/0", 0),
        ("0/1", 1),
        ("0/FFFFFFFF", 0xFFFF_FFFF),
        ("1/0", 0x1_0000_0000),
        ("16/B374D848", 0x16_B374_D848),
        ("FFFFFFFF/FFFFFFFF", .max),
    ]

    @Test(arguments: texts)
    func anLSNPrintsAsInPostgreSQLAndReadsBack(text: String, raw: UInt64) {
        #expect(LSN(rawValue: raw).description == text)
        #expect(LSN(text) == LSN(rawValue: raw))
    }

    @Test(arguments: [
        ("16/b374d848", 0x16_B374_D848), ("00000016/B374D848", 0x16_B374_D848), ("1/00000002", 0x1_0000_0002),
    ])
    func otherSpellingsOfTheSameLSNAreRead(text: String, raw: UInt64) {
        #expect(LSN(text) == LSN(rawValue: raw))
    }

    @Test(arguments: [
        "", "/", "0", "0/", "/0", "0/0/0", "0//0", "g/0", "0/g", "100000000/0", "0/100000000", "000000000/0", " 0/0",
        "0/0 ", "0x1/0", "-1/0", "-0/0", "+1/0", "0/+1", "0/-0", "1,0", "١/0",
    ])
    func whatPostgreSQLWouldNotReadIsNoLSN(text: String) {
        #expect(LSN(text) == nil)
    }

    @Test func lsnsAreInTheOrderOfTheLog() {
        let ordered = Self.texts.map { LSN(rawValue: $0.1) }
        for (a, b) in zip(ordered, ordered.dropFirst()) {
            #expect(a < b)
            #expect(!(b < a))
        }
        #expect(ordered.shuffled().sorted() == ordered)
    }

    @Test(arguments: [(5, 3, 2), (3, 3, 0), (3, 5, 0), (.max, 0, .max)] as [(UInt64, UInt64, UInt64)])
    func theDistanceBackwardsIsZero(later: UInt64, earlier: UInt64, bytes: UInt64) {
        #expect(LSN(rawValue: later).bytes(since: LSN(rawValue: earlier)) == bytes)
    }
}
