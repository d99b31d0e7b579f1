/// The hash by which Java's default partitioner spreads keys: MurmurHash2 with Kafka's own seed.
/// <https://github.com/apache/kafka/blob/4.1.0/clients/src/main/java/org/apache/kafka/common/utils/Utils.java>
enum Murmur2 {
    static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
        var hash = seed ^ UInt32(truncatingIfNeeded: count)
        let input = UnsafeRawPointer(bytes)
        let words = count & ~3
        var index = 0
        while index < words {
            var word = UInt32(littleEndian: input.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            word = word &* multiplier
            word ^= word >> 24
            hash = hash &* multiplier ^ word &* multiplier
            index += 4
        }
        if index < count {
            var rest: UInt32 = 0
            var shift: UInt32 = 0
            while index < count {
                rest |= UInt32(bytes[index]) << shift
                shift += 8
                index += 1
            }
            hash = (hash ^ rest) &* multiplier
        }
        hash = (hash ^ hash >> 13) &* multiplier
        return Int32(bitPattern: hash ^ hash >> 15)
    }

    /// What Java takes the remainder of: the hash without its sign bit, which is not its absolute value.
    static func positiveHash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
        hash(bytes, count) & 0x7FFF_FFFF
    }

    private static let seed: UInt32 = 0x9747_B28C
    private static let multiplier: UInt32 = 0x5BD1_E995
}
