import Testing

@testable import RowMapping

@Suite struct TopicNameTests {
    static let legal = ["users", "a", "A.b_c-9", String(repeating: "x", count: 249), "...", ".a"]
    static let illegal = [
        "", ".", "..", "a b", "a/b", "ä", "a\n", String(repeating: "x", count: 250), "a\0",
        String(repeating: ".", count: 250),
    ]

    @Test(arguments: legal)
    func aTopicNameOfKafkaIsAccepted(name: String) {
        #expect(TopicName.problem(name) == nil)
    }

    @Test(arguments: illegal)
    func aNameThatTheBrokerWouldRefuseIsRefused(name: String) {
        #expect(TopicName.problem(name) != nil)
    }

    @Test(arguments: legal + illegal)
    func bytesAreJudgedAsTheNameIs(name: String) {
        // An empty array may have no address.
        let bytes = Array(name.utf8) + [0]
        #expect(TopicName.isLegal(bytes, bytes.count - 1) == (TopicName.problem(name) == nil))
    }

    @Test(arguments: [
        ("", ""), ("a.B_c-9", "a.B_c-9"), ("a b/c", "a_b_c"), ("größe", "gr__e"), ("日本", "__"), ("x🙂y", "x_y"),
        ("\0\n", "__"), ("..", ".."), ("é", "_"), ("e\u{301}", "e_"),
    ])
    func anIllegalCharacterBecomesOneUnderscore(name: String, expected: String) {
        #expect(replaced(Array(name.utf8)) == expected)
    }

    @Test(arguments: [
        ([0x80], "_"), ([0x61, 0x80, 0x62], "a_b"), ([0xC3], "_"), ([0xF0, 0x9F], "_"), ([0xC3, 0xC3, 0xA4], "__"),
    ])
    func bytesThatAreNoUTF8AreReplacedToo(bytes: [UInt8], expected: String) {
        #expect(replaced(bytes) == expected)
    }

    @Test func whatIsLeftHoldsOnlyLegalCharacters() {
        for byte in UInt8.min...UInt8.max {
            #expect(TopicName.problem(replaced([0x61, byte, 0x61])) == nil)
        }
    }

    private func replaced(_ bytes: [UInt8]) -> String {
        var bytes = bytes + [0]
        let count = TopicName.replaceIllegal(&bytes, bytes.count - 1)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
