internal import CLibrdkafka

/// What a client reports of its connections, kept by librdkafka until somebody asks why a call got no answer.
struct ErrorEvents: ~Copyable {
    private let queue: OpaquePointer

    /// Makes the client of this configuration report errors as events, and write no log: the same texts on stderr
    /// would only repeat them.
    static func enable(in configuration: OpaquePointer) {
        rd_kafka_conf_set_events(configuration, Int32(RD_KAFKA_EVENT_ERROR))
        rd_kafka_conf_set_log_cb(configuration, nil)
    }

    /// Takes a reference to the client's main queue; gone before the client is destroyed.
    init(_ client: OpaquePointer) { queue = rd_kafka_queue_get_main(client) }

    deinit { rd_kafka_queue_destroy(queue) }

    /// Why the brokers could not be reached, of all that was reported the most telling: a refused log-in before a
    /// refused connection, and either before "all brokers are down".
    func mostTelling(action: String) -> KafkaError? {
        var telling: (rank: Int, error: KafkaError)?
        while let event = rd_kafka_queue_poll(queue, 0) {
            defer { rd_kafka_event_destroy(event) }
            guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR else { continue }
            let code = rd_kafka_event_error(event)
            let rank =
                switch code {
                case RD_KAFKA_RESP_ERR__AUTHENTICATION: 3
                case RD_KAFKA_RESP_ERR__SSL: 2
                case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN: 0
                default: 1
                }
            guard rank > telling?.rank ?? -1 else { continue }
            let reason = String(cString: rd_kafka_event_error_string(event))
            telling = (rank, KafkaError(code, action: action, reason: reason))
        }
        return telling?.error
    }
}
