internal import CLibrdkafka

/// Looks at a Kafka cluster and changes nothing in it. Every call waits at most its time-out.
public final class ClusterInspector {
    private let client: OpaquePointer
    /// So that a call that got no answer can say why; nil only while this object ends.
    private var errors: ErrorEvents?

    /// Makes a client; connecting begins in the background, and what comes of it is seen by the calls.
    public init(_ properties: ClientProperties) throws(KafkaError) {
        let configuration = try properties.makeConfiguration()
        ErrorEvents.enable(in: configuration)
        var text = [CChar](repeating: 0, count: 512)
        guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &text, text.count) else {
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(configuration: String(buffer: text), action: "make a Kafka client")
        }
        self.client = client
        errors = ErrorEvents(client)
    }

    deinit {
        errors = nil
        rd_kafka_destroy(client)
    }

    /// The cluster's brokers and all its topics.
    public func cluster(timeout: Duration) throws(KafkaError) -> ClusterState {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        // All topics rather than ours by name: a broker may create a topic that it is asked about.
        let result = rd_kafka_metadata(client, 1, nil, &metadata, timeout.milliseconds)
        guard result == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
            throw errors?.mostTelling(action: "read the cluster's metadata")
                ?? KafkaError(result, action: "read the cluster's metadata")
        }
        defer { rd_kafka_metadata_destroy(metadata) }
        var state = ClusterState(brokers: [:], topics: [:])
        for broker in UnsafeBufferPointer(start: metadata.pointee.brokers, count: Int(metadata.pointee.broker_cnt)) {
            state.brokers[broker.id] = "\(String(cString: broker.host)):\(broker.port)"
        }
        for topic in UnsafeBufferPointer(start: metadata.pointee.topics, count: Int(metadata.pointee.topic_cnt)) {
            let name = String(cString: topic.topic)
            state.topics[name] = TopicState(name: name, partitionCount: Int(topic.partition_cnt))
        }
        return state
    }

    /// Connects to each of the brokers, and says why not of those that cannot be reached under the address that the cluster
    /// gives for them.
    ///
    /// Blocks for `timeout` and a second at most, however many there are.
    public func unreachable(_ brokers: [Int32: String], timeout: Duration) -> [Int32: KafkaError] {
        let answers = rd_kafka_queue_new(client)
        defer { rd_kafka_queue_destroy(answers) }
        let options = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_AdminOptions_set_request_timeout(options, timeout.milliseconds, nil, 0)
        // The one request that goes to a broker of our choice; whether it is answered with a refusal is no matter.
        for id in brokers.keys {
            var resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_BROKER, String(id))
            rd_kafka_AdminOptions_set_opaque(options, UnsafeMutableRawPointer(bitPattern: Int(id) + 1))
            rd_kafka_DescribeConfigs(client, &resource, 1, options, answers)
            rd_kafka_ConfigResource_destroy(resource)
        }
        var failures: [Int32: KafkaError] = [:]
        for _ in brokers {
            guard let event = rd_kafka_queue_poll(answers, timeout.milliseconds + 1000) else { break }
            defer { rd_kafka_event_destroy(event) }
            let id = Int32(truncatingIfNeeded: Int(bitPattern: rd_kafka_event_opaque(event)) - 1)
            let code = rd_kafka_event_error(event)
            guard Self.isNoAnswer(code) else { continue }
            failures[id] = KafkaError(
                code, action: "connect to broker \(id) at \(brokers[id] ?? "?")",
                reason: rd_kafka_event_error_string(event).map { String(cString: $0) })
        }
        guard !failures.isEmpty else { return [:] }
        // The request itself only says that it got no answer. A broker's own errors begin with `host:port/id: `.
        errors?.take(action: "") { error in
            guard let id = failures.keys.first(where: { error.reason.contains("\(brokers[$0] ?? "?")/\($0): ") }) else {
                return
            }
            failures[id] = KafkaError(
                rd_kafka_resp_err_t(rawValue: error.code), action: failures[id]!.action, reason: error.reason)
        }
        return failures
    }

    private static func isNoAnswer(_ code: rd_kafka_resp_err_t) -> Bool {
        switch code {
        case RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR__TRANSPORT,
            RD_KAFKA_RESP_ERR__RESOLVE, RD_KAFKA_RESP_ERR__SSL, RD_KAFKA_RESP_ERR__AUTHENTICATION,
            RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__DESTROY:
            true
        default: false
        }
    }

    /// The configuration of each topic, or why it is not to be had.
    public func configurations(
        ofTopics names: [String], timeout: Duration
    ) throws(KafkaError) -> [String: Result<TopicConfiguration, KafkaError>] {
        guard !names.isEmpty else { return [:] }
        return try describe(RD_KAFKA_RESOURCE_TOPIC, names, timeout).mapValues { entries in
            entries.map { TopicConfiguration($0) }
        }
    }

    /// The configuration of one broker, which stands for all.
    public func configuration(ofBroker id: Int32, timeout: Duration) throws(KafkaError) -> BrokerConfiguration {
        let described = try describe(RD_KAFKA_RESOURCE_BROKER, [String(id)], timeout)
        guard let entries = described[String(id)] else {
            throw KafkaError(RD_KAFKA_RESP_ERR__BAD_MSG, action: "read the configuration of broker \(id)")
        }
        return BrokerConfiguration(try entries.get())
    }

    /// <https://github.com/confluentinc/librdkafka/blob/master/src/rdkafka.h> (Admin API: the caller destroys what it
    /// made; names and values live as long as the event)
    private func describe(
        _ type: rd_kafka_ResourceType_t, _ names: [String], _ timeout: Duration
    ) throws(KafkaError) -> [String: Result<[String: String], KafkaError>] {
        let what = type == RD_KAFKA_RESOURCE_TOPIC ? "topic" : "broker"
        let options = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_AdminOptions_set_request_timeout(options, timeout.milliseconds, nil, 0)
        let answers = rd_kafka_queue_new(client)
        defer { rd_kafka_queue_destroy(answers) }
        var resources: [OpaquePointer?] = names.map { rd_kafka_ConfigResource_new(type, $0) }
        rd_kafka_DescribeConfigs(client, &resources, resources.count, options, answers)
        rd_kafka_ConfigResource_destroy_array(&resources, resources.count)
        // The request's own time-out ends it; the second more is for librdkafka to say so.
        let event = rd_kafka_queue_poll(answers, timeout.milliseconds + 1000)
        defer { rd_kafka_event_destroy(event) }
        guard let event, let result = rd_kafka_event_DescribeConfigs_result(event) else {
            throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, action: "read the configuration of a \(what)")
        }
        let error = rd_kafka_event_error(event)
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(
                error, action: "read the configuration of a \(what)",
                reason: rd_kafka_event_error_string(event).map { String(cString: $0) })
        }
        var count = 0
        let described = rd_kafka_DescribeConfigs_result_resources(result, &count)
        var configurations: [String: Result<[String: String], KafkaError>] = [:]
        for resource in UnsafeBufferPointer(start: described, count: count) {
            guard let resource else { continue }
            let name = String(cString: rd_kafka_ConfigResource_name(resource))
            configurations[name] = Self.entries(of: resource, "read the configuration of \(what) \"\(name)\"")
        }
        return configurations
    }

    private static func entries(of resource: OpaquePointer, _ action: String) -> Result<[String: String], KafkaError> {
        let error = rd_kafka_ConfigResource_error(resource)
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            let reason = rd_kafka_ConfigResource_error_string(resource).map { String(cString: $0) }
            return .failure(KafkaError(error, action: action, reason: reason))
        }
        var count = 0
        var entries: [String: String] = [:]
        for entry in UnsafeBufferPointer(start: rd_kafka_ConfigResource_configs(resource, &count), count: count) {
            guard let entry, let value = rd_kafka_ConfigEntry_value(entry) else { continue }
            entries[String(cString: rd_kafka_ConfigEntry_name(entry))] = String(cString: value)
        }
        return .success(entries)
    }
}
