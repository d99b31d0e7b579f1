import CLibrdkafka

/// Owner of librdkafka's mock cluster and of the client handle that it needs for bookkeeping.
///
/// The cluster serves its sockets from a thread of its own; each call here is an operation sent to that thread
/// and answered by it. The API is declared experimental, so only calls that 2.0.2 and later versions have in
/// common are used.
final class MockCluster {
    private let handle: OpaquePointer
    private let cluster: OpaquePointer

    init(brokers: Int) throws(MockError) {
        let configuration = rd_kafka_conf_new()
        // 3 is syslog's "error": the handle has no broker of its own and would say so as a notice.
        rd_kafka_conf_set(configuration, "log_level", "3", nil, 0)
        var reason = [CChar](repeating: 0, count: 512)
        guard let handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &reason, reason.count) else {
            rd_kafka_conf_destroy(configuration)
            let text = String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw MockError("could not create a Kafka handle: \(text)")
        }
        guard let cluster = rd_kafka_mock_cluster_new(handle, Int32(brokers)) else {
            rd_kafka_destroy(handle)
            throw MockError("could not create a mock cluster of \(brokers) brokers")
        }
        self.handle = handle
        self.cluster = cluster
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(handle)
    }

    /// `host:port` of each broker, separated by commas.
    var bootstrapServers: String {
        String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
    }

    /// Carries out one command.
    func perform(_ command: MockCommand) throws(MockError) {
        let result: rd_kafka_resp_err_t
        switch command {
        case .down(let broker):
            result = rd_kafka_mock_broker_set_down(cluster, broker)
        case .up(let broker):
            result = rd_kafka_mock_broker_set_up(cluster, broker)
        case .roundTripTime(let milliseconds, let broker):
            result = rd_kafka_mock_broker_set_rtt(cluster, broker, milliseconds)
        case .fail(let apiKey, let code, let count):
            guard (1...100_000).contains(count) else { throw MockError("count must be 1 to 100000") }
            // The plain function is variadic, and Swift does not import those.
            let errors = [rd_kafka_resp_err_t](repeating: .init(rawValue: code), count: count)
            rd_kafka_mock_push_request_errors_array(cluster, apiKey, count, errors)
            result = RD_KAFKA_RESP_ERR_NO_ERROR
        case .create(let topic, let partitions):
            guard partitions > 0 else { throw MockError("a topic has at least one partition") }
            result = rd_kafka_mock_topic_create(cluster, topic, partitions, 1)
        case .leader(let topic, let partition, let broker):
            result = rd_kafka_mock_partition_set_leader(cluster, topic, partition, broker)
        }
        guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw MockError(String(cString: rd_kafka_err2str(result)))
        }
    }
}
