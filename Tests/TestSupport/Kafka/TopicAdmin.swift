import CLibrdkafka

/// Creates topics through Kafka's admin API, and asks which there are.
public struct TopicAdmin: Sendable {
    private let handle: KafkaHandle

    public init(_ bootstrapServers: String) throws {
        handle = try KafkaHandle(RD_KAFKA_PRODUCER, ["bootstrap.servers": bootstrapServers])
    }

    /// Creates a topic with one replica.
    public func create(_ name: String, partitions: Int, config: [String: String] = [:]) throws {
        var reason = [CChar](repeating: 0, count: 512)
        guard let topic = rd_kafka_NewTopic_new(name, Int32(partitions), 1, &reason, reason.count) else {
            throw HarnessError("not a topic: \(KafkaHandle.text(reason))")
        }
        defer { rd_kafka_NewTopic_destroy(topic) }
        for (key, value) in config { rd_kafka_NewTopic_set_config(topic, key, value) }
        let queue = rd_kafka_queue_new(handle.pointer)
        defer { rd_kafka_queue_destroy(queue) }
        var topics: [OpaquePointer?] = [topic]
        rd_kafka_CreateTopics(handle.pointer, &topics, 1, nil, queue)
        guard let event = rd_kafka_queue_poll(queue, 30_000) else {
            throw HarnessError("no answer to the creation of topic \(name) within 30 s")
        }
        defer { rd_kafka_event_destroy(event) }
        guard rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw HarnessError("could not create topic \(name): \(String(cString: rd_kafka_event_error_string(event)))")
        }
        var count = 0
        let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
        for index in 0..<count {
            let code = rd_kafka_topic_result_error(results?[index])
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw HarnessError("could not create topic \(name): \(KafkaHandle.text(code))")
            }
        }
    }
}
