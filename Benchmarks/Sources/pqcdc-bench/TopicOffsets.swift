import CLibrdkafka
import Figures

/// Where a topic's partitions end: counts what was delivered, though the mock cluster keeps only the last of it.
final class TopicOffsets {
    private let client: OpaquePointer

    init(_ bootstrapServers: String) throws {
        let configuration = rd_kafka_conf_new()
        rd_kafka_conf_set(configuration, "bootstrap.servers", bootstrapServers, nil, 0)
        rd_kafka_conf_set(configuration, "log_level", "2", nil, 0)
        guard let client = rd_kafka_new(RD_KAFKA_CONSUMER, configuration, nil, 0) else {
            rd_kafka_conf_destroy(configuration)
            throw Failure("could not create a Kafka client")
        }
        self.client = client
    }

    deinit { rd_kafka_destroy(client) }

    /// The partitions' high watermarks, added up.
    func sum(_ topic: String, partitions: Int) throws -> Int {
        try (0..<Int32(partitions)).reduce(0) { sum, partition in
            var (low, high): (Int64, Int64) = (0, 0)
            let code = rd_kafka_query_watermark_offsets(client, topic, partition, &low, &high, 10_000)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw Failure("no end of \(topic) [\(partition)]: \(String(cString: rd_kafka_err2str(code)))")
            }
            return sum + Int(high)
        }
    }
}
