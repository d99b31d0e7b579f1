import Testing

@testable import RowMapping

@Suite struct Murmur2Tests {
    /// The vectors of Kafka's own `UtilsTest.testMurmur2` and of librdkafka's unit test.
    @Test(arguments: [
        ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
        ("kafka", Int32(bitPattern: 0xd067_cf64)), ("giberish123456789", Int32(bitPattern: 0x8f55_2b0c)),
        ("", 0x106e_08d9),
    ])
    func aHashIsJavas(text: String, hash: Int32) {
        let bytes = Array(text.utf8) + [0xFF]
        #expect(Murmur2.hash(bytes, bytes.count - 1) == hash)
        #expect(Murmur2.positiveHash(bytes, bytes.count - 1) == hash & 0x7FFF_FFFF)
    }

    @Test(arguments: 0..<8) func whereTheBytesLieMakesNoDifference(offset: Int) {
        let bytes = [UInt8](repeating: 0xAA, count: offset) + Array("a-little-bit-longer-string".utf8)
        bytes.withUnsafeBufferPointer {
            #expect(Murmur2.hash($0.baseAddress! + offset, $0.count - offset) == -1_486_304_829)
        }
    }
}
