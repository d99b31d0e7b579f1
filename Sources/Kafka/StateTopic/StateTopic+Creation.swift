internal import CLibrdkafka

extension StateTopic {
    /// Creates the topic where it is missing: compacted, of one partition, with as many replicas as the brokers give
    /// by default. Returns whether it was this call that created it, and when brokers know of it.
    ///
    /// Blocks for `timeout` at most. Brokers without the admin API, such as librdkafka's mock cluster, leave the
    /// creation to the first record that is produced; the answer is then false.
    public func createIfMissing(timeout: Duration) throws(KafkaError) -> Bool {
        let deadline = ContinuousClock.now + timeout
        let reader = try TopicReader(self)
        guard try reader.partitionCount(until: deadline) == nil else { return false }
        // -1 leaves their number to the brokers, since 2.4. Older ones, and policies of some clusters, want it named.
        // What is not compacted yet has to be read when a rare key is looked for: with the usual 1 GiB a segment that
        // is millions of records. 100 MiB is what brokers choose for consumer offsets, which are much the same.
        var error = try reader.create(replicas: -1, ["segment.bytes": "104857600"], until: deadline)
        switch error?.code {
        case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR.rawValue, RD_KAFKA_RESP_ERR_POLICY_VIOLATION.rawValue,
            RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION.rawValue, RD_KAFKA_RESP_ERR_INVALID_CONFIG.rawValue:
            error = try reader.create(replicas: min(3, reader.brokerCount(until: deadline)), [:], until: deadline)
        default: break
        }
        switch error?.code {
        case nil, RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS.rawValue:
            // The controller knows of a topic before the broker that was asked about it.
            try reader.waitUntilKnown(until: deadline)
            return error == nil
        case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE.rawValue: return false
        default: throw error!
        }
    }
}

extension TopicReader {
    fileprivate var action: String { "create topic \"\(name)\"" }

    /// Why the topic was not created; nil when it was.
    ///
    /// <https://github.com/confluentinc/librdkafka/blob/master/src/rdkafka.h> (Admin API: the caller destroys what it
    /// made; results live as long as the event)
    fileprivate func create(
        replicas: Int32, _ configuration: [String: String], until deadline: ContinuousClock.Instant
    ) throws(KafkaError) -> KafkaError? {
        var text = [CChar](repeating: 0, count: 512)
        guard let new = rd_kafka_NewTopic_new(name, 1, replicas, &text, text.count) else {
            throw KafkaError(configuration: String(buffer: text), action: action)
        }
        defer { rd_kafka_NewTopic_destroy(new) }
        rd_kafka_NewTopic_set_config(new, "cleanup.policy", "compact")
        for (name, value) in configuration { rd_kafka_NewTopic_set_config(new, name, value) }
        let left = max(ContinuousClock.now.duration(to: deadline), .zero).milliseconds
        let options = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_CREATETOPICS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_AdminOptions_set_request_timeout(options, left, nil, 0)
        let answers = rd_kafka_queue_new(client)
        defer { rd_kafka_queue_destroy(answers) }
        var topics: [OpaquePointer?] = [new]
        rd_kafka_CreateTopics(client, &topics, 1, options, answers)
        // The request's own time-out ends it; the second more is for librdkafka to say so.
        let event = rd_kafka_queue_poll(answers, left + 1000)
        defer { rd_kafka_event_destroy(event) }
        guard let event, let result = rd_kafka_event_CreateTopics_result(event) else {
            return KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, action: action)
        }
        guard rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR else {
            return KafkaError(
                rd_kafka_event_error(event), action: action,
                reason: rd_kafka_event_error_string(event).map { String(cString: $0) })
        }
        var count = 0
        guard let created = rd_kafka_CreateTopics_result_topics(result, &count), count == 1 else {
            return KafkaError(RD_KAFKA_RESP_ERR__BAD_MSG, action: action)
        }
        let code = rd_kafka_topic_result_error(created[0])
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        let reason = rd_kafka_topic_result_error_string(created[0]).map { String(cString: $0) }
        return KafkaError(code, action: action, reason: reason)
    }
}
