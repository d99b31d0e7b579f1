/// What we know of librdkafka's own properties: https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md
enum LibrdkafkaProperty {
    /// Whether the value must never be shown. Also true for names of other clients that people try.
    static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["password", "passphrase", "secret", "key.pem", "ssl_key", "jaas", "oauthbearer.config", "token"]
            .contains { name.contains($0) } && !name.hasSuffix(".url")
    }

    /// Why the property cannot be set to this value; nil if it can.
    static func conflict(_ name: String, value: String) -> String? {
        switch name {
        case "enable.idempotence":
            return value == "true" ? nil : "order and single delivery rest on the idempotent producer"
        case "acks", "request.required.acks":
            return ["all", "-1"].contains(value) ? nil : "delivery always waits for all in-sync replicas"
        case "message.timeout.ms", "delivery.timeout.ms":
            return value == "0" ? nil : "a record is never given up; it is tried until it is delivered"
        case "retries", "message.send.max.retries":
            return "a record is never given up; it is tried until it is delivered"
        case "transactional.id":
            return "kafka.delivery: exactly-once makes it of system identifier, database and slot"
        case "transaction.timeout.ms": return "use kafka.exactlyOnce.transactionTimeout"
        case "isolation.level":
            return value == "read_committed" ? nil : "a position counts only once its transaction is committed"
        case "max.in.flight", "max.in.flight.requests.per.connection":
            guard let number = Int(value), (1...5).contains(number) else {
                return "the idempotent producer keeps order for 1 to 5 requests in flight"
            }
            return nil
        case "bootstrap.servers", "metadata.broker.list": return "use kafka.brokers"
        case "client.id": return "use kafka.clientID"
        case "partitioner": return "use kafka.balancer"
        case "compression.codec", "compression.type": return "use kafka.compression"
        case "allow.auto.create.topics": return "use kafka.allowAutoTopicCreation"
        case "queue.buffering.max.messages", "queue.buffering.max.kbytes":
            return "memoryLimit bounds what waits in memory"
        case "plugin.library.paths", "ssl.engine.location", "ssl_engine_callback_data":
            return "it would load other programs' code into this one"
        case "test.mock.num.brokers", "test.mock.broker.rtt": return "it puts a mock in the cluster's place"
        case "queuing.strategy": return value == "fifo" ? nil : "records must leave in commit order"
        case "delivery.report.only.error":
            return value == "false" ? nil : "a record is confirmed by its delivery report"
        case "enabled_events", "log.queue", "opaque", "default_topic_conf", "interceptors", "msg_order_cmp":
            return "the program sets it itself"
        default:
            return name.hasSuffix("_cb") ? "the program sets it itself" : nil
        }
    }

    /// Properties that name a file, or a folder of files.
    static let files: Set<String> = [
        "ssl.ca.location", "ssl.certificate.location", "ssl.key.location", "ssl.crl.location", "ssl.keystore.location",
        "https.ca.location",
    ]

    /// The one spelling of properties that have two, so that a property given under both is noticed.
    static func canonicalName(_ name: String) -> String {
        switch name {
        case "sasl.mechanism": "sasl.mechanisms"
        case "linger.ms": "queue.buffering.max.ms"
        case "max.in.flight": "max.in.flight.requests.per.connection"
        default: name
        }
    }
}
