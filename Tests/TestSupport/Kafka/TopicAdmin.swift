import CLibrdkafka

/// Creates, changes and deletes topics through Kafka's admin API.
public struct TopicAdmin: Sendable {
    private let handle: KafkaHandle

    public init(_ bootstrapServers: String) throws {
        handle = try KafkaHandle(RD_KAFKA_PRODUCER, ["bootstrap.servers": bootstrapServers])
    }

    public func create(_ name: String, partitions: Int, replicas: Int = 1, config: [String: String] = [:]) throws {
        var reason = [CChar](repeating: 0, count: 512)
        guard let topic = rd_kafka_NewTopic_new(name, Int32(partitions), Int32(replicas), &reason, reason.count) else {
            throw HarnessError("not a topic: \(KafkaHandle.text(reason))")
        }
        defer { rd_kafka_NewTopic_destroy(topic) }
        for (key, value) in config { rd_kafka_NewTopic_set_config(topic, key, value) }
        var topics: [OpaquePointer?] = [topic]
        try answer("create topic \(name)") { queue in
            rd_kafka_CreateTopics(handle.pointer, &topics, 1, nil, queue)
        } errors: { event in
            var count = 0
            let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
            return (0..<count).map { rd_kafka_topic_result_error(results?[$0]) }
        }
    }

    /// Deletes a topic and its records.
    public func delete(_ name: String) throws {
        guard let topic = rd_kafka_DeleteTopic_new(name) else { throw HarnessError("not a topic: \(name)") }
        defer { rd_kafka_DeleteTopic_destroy(topic) }
        var topics: [OpaquePointer?] = [topic]
        try answer("delete topic \(name)") { queue in
            rd_kafka_DeleteTopics(handle.pointer, &topics, 1, nil, queue)
        } errors: { event in
            var count = 0
            let results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count)
            return (0..<count).map { rd_kafka_topic_result_error(results?[$0]) }
        }
    }

    /// Gives a topic this configuration of its own, and no other.
    public func configure(_ name: String, _ config: [String: String]) throws {
        guard let resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name) else {
            throw HarnessError("not a topic: \(name)")
        }
        defer { rd_kafka_ConfigResource_destroy(resource) }
        for (key, value) in config { rd_kafka_ConfigResource_set_config(resource, key, value) }
        var resources: [OpaquePointer?] = [resource]
        try answer("configure topic \(name)") { queue in
            rd_kafka_AlterConfigs(handle.pointer, &resources, 1, nil, queue)
        } errors: { event in
            var count = 0
            let results = rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event), &count)
            return (0..<count).map { rd_kafka_ConfigResource_error(results?[$0]) }
        }
    }

    private func answer(
        _ action: String, _ ask: (_ queue: OpaquePointer?) -> Void,
        errors: (_ event: OpaquePointer) -> [rd_kafka_resp_err_t]
    ) throws {
        let queue = rd_kafka_queue_new(handle.pointer)
        defer { rd_kafka_queue_destroy(queue) }
        ask(queue)
        guard let event = rd_kafka_queue_poll(queue, 30_000) else {
            throw HarnessError("could not \(action): no answer within 30 s")
        }
        defer { rd_kafka_event_destroy(event) }
        guard rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw HarnessError("could not \(action): \(String(cString: rd_kafka_event_error_string(event)))")
        }
        for code in errors(event) where code != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw HarnessError("could not \(action): \(KafkaHandle.text(code))")
        }
    }
}
