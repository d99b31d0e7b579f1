/// `balancer`: go-pq-cdc-kafka's names of its partitioners.
///
/// segmentio/kafka-go's functions and librdkafka's agree on every key, the empty one and the missing one
/// included, for three of the six; the parity is tested.
enum Balancer: String, CaseIterable {
    case murmur2 = "Murmur2Balancer"
    case hash = "Hash"
    case crc32 = "CRC32Balancer"
    case referenceHash = "ReferenceHash"
    case leastBytes = "LeastBytes"
    case roundRobin = "RoundRobin"

    /// librdkafka's name of the same function; nil where it has none.
    var partitioner: String? {
        switch self {
        case .murmur2: "murmur2_random"
        // FNV-1a read as a signed number, then its absolute value, on both sides.
        case .hash: "fnv1a_random"
        // Both treat an empty key as a missing one.
        case .crc32: "consistent_random"
        case .referenceHash, .leastBytes, .roundRobin: nil
        }
    }

    /// Why there is no such partitioner here.
    var refusal: String? {
        switch self {
        case .murmur2, .hash, .crc32: nil
        case .referenceHash:
            "ReferenceHash has no equal in librdkafka: about half of all keys would change partition"
        case .leastBytes, .roundRobin:
            "\(rawValue) sends the rows of one key to different partitions, where their order is lost"
        }
    }
}
