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

    /// Why the brokers could not be reached, of all that was reported the most telling: a mistake in the log-in, in TLS or
    /// in a name before a refused connection, and any of them before "all brokers are down".
    func mostTelling(action: String) -> KafkaError? {
        var telling: KafkaError?
        take(action: action) { error in
            if Self.rank(error) > telling.map(Self.rank) ?? -1 { telling = error }
        }
        return telling
    }

    /// Takes what was reported since it was last taken, in order.
    func take(action: String, _ body: (KafkaError) -> Void) {
        while let event = rd_kafka_queue_poll(queue, 0) {
            defer { rd_kafka_event_destroy(event) }
            guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR else { continue }
            let reason = String(cString: rd_kafka_event_error_string(event))
            body(KafkaError(rd_kafka_event_error(event), action: action, reason: reason))
        }
    }

    private static func rank(_ error: KafkaError) -> Int {
        switch error.code {
        case RD_KAFKA_RESP_ERR__AUTHENTICATION.rawValue: 4
        case RD_KAFKA_RESP_ERR__SSL.rawValue: 3
        case RD_KAFKA_RESP_ERR__RESOLVE.rawValue: 2
        case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN.rawValue: 0
        default: 1
        }
    }
}
