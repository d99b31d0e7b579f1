public import CLibrdkafka

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

    /// Gives a topic more partitions.
    public func extend(_ name: String, toPartitions count: Int) throws {
        var reason = [CChar](repeating: 0, count: 512)
        guard let new = rd_kafka_NewPartitions_new(name, count, &reason, reason.count) else {
            throw HarnessError("no partitions: \(KafkaHandle.text(reason))")
        }
        defer { rd_kafka_NewPartitions_destroy(new) }
        var partitions: [OpaquePointer?] = [new]
        try answer("extend topic \(name)") { queue in
            rd_kafka_CreatePartitions(handle.pointer, &partitions, 1, nil, queue)
        } errors: { event in
            var count = 0
            let results = rd_kafka_CreatePartitions_result_topics(
                rd_kafka_event_CreatePartitions_result(event), &count)
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

    /// Takes an operation on a topic away from a principal, whatever else it is allowed.
    public func deny(_ principal: String, _ operation: rd_kafka_AclOperation_t, on topic: String) throws {
        var acls = [try rule(principal, operation, topic, rd_kafka_AclBinding_new)]
        defer { rd_kafka_AclBinding_destroy(acls[0]) }
        try answer("deny an operation on topic \(topic)") { queue in
            rd_kafka_CreateAcls(handle.pointer, &acls, 1, nil, queue)
        } errors: { event in
            var count = 0
            let results = rd_kafka_CreateAcls_result_acls(rd_kafka_event_CreateAcls_result(event), &count)
            return (0..<count).map { rd_kafka_error_code(rd_kafka_acl_result_error(results?[$0])) }
        }
    }

    /// Gives it back.
    public func undeny(_ principal: String, _ operation: rd_kafka_AclOperation_t, on topic: String) throws {
        var filters = [try rule(principal, operation, topic, rd_kafka_AclBindingFilter_new)]
        defer { rd_kafka_AclBinding_destroy(filters[0]) }
        try answer("allow an operation on topic \(topic)") { queue in
            rd_kafka_DeleteAcls(handle.pointer, &filters, 1, nil, queue)
        } errors: { event in
            var count = 0
            let responses = rd_kafka_DeleteAcls_result_responses(rd_kafka_event_DeleteAcls_result(event), &count)
            return (0..<count).map { rd_kafka_error_code(rd_kafka_DeleteAcls_result_response_error(responses?[$0])) }
        }
    }

    private typealias MakeRule = (
        rd_kafka_ResourceType_t, UnsafePointer<CChar>?, rd_kafka_ResourcePatternType_t, UnsafePointer<CChar>?,
        UnsafePointer<CChar>?, rd_kafka_AclOperation_t, rd_kafka_AclPermissionType_t, UnsafeMutablePointer<CChar>?, Int
    ) -> OpaquePointer?

    private func rule(
        _ principal: String, _ operation: rd_kafka_AclOperation_t, _ topic: String, _ make: MakeRule
    ) throws -> OpaquePointer? {
        var reason = [CChar](repeating: 0, count: 512)
        guard
            let rule = make(
                RD_KAFKA_RESOURCE_TOPIC, topic, RD_KAFKA_RESOURCE_PATTERN_LITERAL, principal, "*", operation,
                RD_KAFKA_ACL_PERMISSION_TYPE_DENY, &reason, reason.count)
        else { throw HarnessError("no rule of access: \(KafkaHandle.text(reason))") }
        return rule
    }

    /// How many in-sync replicas the partition has that has fewest; nil while one has no leader.
    public func leastInSync(_ topics: [String]) throws -> Int? {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle.pointer, 1, nil, &metadata, 10_000)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
            throw HarnessError("no metadata: \(KafkaHandle.text(code))")
        }
        defer { rd_kafka_metadata_destroy(metadata) }
        var least = Int.max
        for topic in UnsafeBufferPointer(start: metadata.pointee.topics, count: Int(metadata.pointee.topic_cnt))
        where topics.contains(String(cString: topic.topic)) {
            for partition in UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt)) {
                guard partition.leader >= 0 else { return nil }
                least = min(least, Int(partition.isr_cnt))
            }
        }
        return least
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
