import CLibrdkafka

/// The partition that Java's default partitioner gives a record with this key, by librdkafka's word.
public func murmur2Partition(of key: [UInt8], among count: Int32) -> Int32 {
    // It looks at the key only, so there need be no topic.
    rd_kafka_msg_partitioner_murmur2(nil, key, key.count, count, nil, nil)
}
