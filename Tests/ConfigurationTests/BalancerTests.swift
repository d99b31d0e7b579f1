import CLibrdkafka
import Testing

@testable import Configuration
@testable import RowMapping

/// The partitions of segmentio/kafka-go, computed here from its documented functions, against librdkafka's own.
@Suite struct BalancerTests {
    private static let keys: [[UInt8]] =
        [
            "", "1", "20", "blah", "boop", "kafka", "giberish123456789", "1234", "234", "34", "4", "hejsan", "23456",
            "2304669687",
            "ä", "{\"a\":1}",
        ]
        .map { Array($0.utf8) } + (0..<2000).map { Array("key-\($0)-\($0 &* 2_654_435_761)".utf8) }
        + (0..<256).map { [UInt8($0), 0, UInt8(255 - $0)] }

    private static let counts: [Int32] = [1, 2, 3, 5, 6, 12, 16, 17, 100, 1000, .max]

    private typealias Partitioner =
        @convention(c) (
            OpaquePointer?, UnsafeRawPointer?, Int, Int32, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
        ) -> Int32

    private func partitioner(_ name: String) throws -> Partitioner {
        switch name {
        case "murmur2_random": rd_kafka_msg_partitioner_murmur2_random
        case "fnv1a_random": rd_kafka_msg_partitioner_fnv1a_random
        case "consistent_random": rd_kafka_msg_partitioner_consistent_random
        default: throw ValueError("unknown partitioner \(name)")
        }
    }

    private func librdkafka(_ name: String, _ key: [UInt8], _ count: Int32) throws -> Int32 {
        let function = try partitioner(name)
        // With a key these functions look at the key only, so there need be no topic.
        return key.withUnsafeBytes { bytes in
            withUnsafeBytes(of: 0) { empty in
                function(nil, bytes.baseAddress ?? empty.baseAddress, bytes.count, count, nil, nil)
            }
        }
    }

    @Test func hashIsFnv1aOfTheAbsoluteValue() throws {
        let name = try #require(Balancer.hash.partitioner)
        for key in Self.keys {
            for count in Self.counts {
                let remainder = Int32(bitPattern: Reference.fnv1a(key)) % count
                #expect(try librdkafka(name, key, count) == abs(remainder), "\(key) of \(count)")
            }
        }
    }

    /// So `partition: [column]`, which computes it here, and `partition: key` agree.
    @Test func murmur2BalancerIsOurMurmur2() throws {
        let name = try #require(Balancer.murmur2.partitioner)
        for key in Self.keys {
            for count in Self.counts {
                let partition = Murmur2.positiveHash(key + [0], key.count) % count
                #expect(try librdkafka(name, key, count) == partition, "\(key) of \(count)")
            }
        }
    }

    @Test func crc32BalancerIsConsistentRandom() throws {
        let name = try #require(Balancer.crc32.partitioner)
        // An empty key counts as none on both sides and goes anywhere.
        for key in Self.keys where !key.isEmpty {
            for count in Self.counts {
                let partition = Int32(Reference.crc32(key) % UInt32(count))
                #expect(try librdkafka(name, key, count) == partition, "\(key) of \(count)")
            }
        }
    }

    @Test func theKeyWhoseHashHasNoAbsoluteValueGoesTheSameWay() throws {
        let key = Array("2304669687".utf8)
        try #require(Int32(bitPattern: Reference.fnv1a(key)) == .min)
        for count in Self.counts {
            #expect(try librdkafka("fnv1a_random", key, count) == abs(Int32.min % count))
        }
    }

    /// kafka-go sends records without a key in turn (Hash) or anywhere (the others); none has an order to keep.
    @Test(arguments: Balancer.allCases.compactMap(\.partitioner)) func aMissingKeyGoesAnywhere(_ name: String) throws {
        let client = try #require(rd_kafka_new(RD_KAFKA_PRODUCER, nil, nil, 0))
        defer { rd_kafka_destroy(client) }
        let topic = try #require(rd_kafka_topic_new(client, "t", nil))
        defer { rd_kafka_topic_destroy(topic) }
        let partitions = try (0..<200).map { _ in try partitioner(name)(topic, nil, 0, 12, nil, nil) }
        #expect(Set(partitions).count > 1)
    }

    @Test(arguments: ["murmur2_random", "fnv1a_random"]) func anEmptyKeyIsAKey(_ name: String) throws {
        #expect(Set(try (0..<200).map { _ in try librdkafka(name, [], 12) }).count == 1)
    }

    @Test func referenceHashDiffersFromBothFnv1aAndTherebyStaysRefused() {
        let differing = Self.keys.filter { key in
            let hash = Int32(bitPattern: Reference.fnv1a(key))
            return (hash & 0x7FFF_FFFF) % 12 != abs(hash % 12)
        }
        #expect(differing.count > Self.keys.count / 4)
        #expect(Balancer.referenceHash.partitioner == nil)
    }

    @Test func theReferenceFunctionsGiveTheKnownVectors() {
        // librdkafka's and kafka-go's own test vectors.
        #expect(Reference.crc32(Array("23456".utf8)) == 0xb1b4_51d7)
        #expect(Reference.crc32(Array("hejsan".utf8)) == 0xd077_037e)
        #expect(Reference.fnv1a([]) == 0x811c_9dc5)
        #expect(abs(Int32(bitPattern: Reference.fnv1a(Array("kafka".utf8)))) == 0xd33_c4e1)
        #expect(abs(Int32(bitPattern: Reference.fnv1a(Array("20".utf8))) % 16) == 1)
    }

    @Test(arguments: Balancer.allCases) func aBalancerHasAPartitionerOrARefusal(_ balancer: Balancer) {
        #expect((balancer.partitioner == nil) == (balancer.refusal != nil))
        let result = Sample.load(Sample.text(kafka: "balancer: \(balancer.rawValue)"))
        #expect(result.settings?.kafka.partitioner == balancer.partitioner)
    }

    @Test func librdkafkaKnowsThePartitionersByName() {
        for name in Balancer.allCases.compactMap(\.partitioner) {
            let conf = rd_kafka_topic_conf_new()
            defer { rd_kafka_topic_conf_destroy(conf) }
            #expect(rd_kafka_topic_conf_set(conf, "partitioner", name, nil, 0) == RD_KAFKA_CONF_OK)
        }
    }

    /// The hash functions, written from their definitions.
    private enum Reference {
        /// http://www.isthe.com/chongo/tech/comp/fnv/
        static func fnv1a(_ key: [UInt8]) -> UInt32 {
            key.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
        }

        /// CRC-32/ISO-HDLC, bit by bit.
        static func crc32(_ key: [UInt8]) -> UInt32 {
            ~key.reduce(UInt32.max) { crc, byte in
                (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
            }
        }
    }
}
