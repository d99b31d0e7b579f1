extension KeyTable {
    static let kafka: [KeySpecification] = [
        .init("kafka.brokers", .textList, .required, "Addresses of some of the brokers, host:port."),
        .init(
            "kafka.tableTopicMapping.*", .text, .absent("mapping.tables names the topics"),
            "The topic of a table: schema.table: topic."),
        .init("kafka.clientID", .text, .value("pqcdc-kafka"), "The name under which brokers log and limit us."),
        .init(
            "kafka.producerBatchSize", .integer(1...1_000_000), .value("2000"),
            "A batch is sent when it has this many records."),
        .init(
            "kafka.producerBatchBytes", .byteSize((1 << 10)...(1 << 30)), .value("1mb"),
            "A batch is sent when it has this many bytes."),
        .init(
            "kafka.producerBatchTickerDuration", .duration(.zero ... .seconds(3600)), .value("2ms"),
            "A batch is sent this long after its first record."),
        .init(
            "kafka.compression", .choice(compressions), .value("none"),
            "Compression of batches: none, gzip, snappy, lz4 or zstd, or its number, 0 to 4."),
        .init(
            "kafka.balancer", .choice(balancers), .value("Murmur2Balancer"),
            "Key to partition: Murmur2Balancer (as Java), Hash (go-pq-cdc-kafka's default) or CRC32Balancer."),
        .init(
            "kafka.requiredAcks", .choice(ChoiceSet(["all", "1", "0"], synonyms: ["-1": "all"])), .value("all"),
            "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: delivery always waits for all in-sync replicas; write all, or remove it",
            except: "all"),
        .init(
            "kafka.allowAutoTopicCreation", .boolean, .value("true"),
            "Whether a missing topic may be created; if not, it stops the daemon."),
        .init(
            "kafka.readTimeout", .duration(.milliseconds(10) ... .seconds(300)), .value("60s"),
            "How long a request to a broker may take (librdkafka's socket.timeout.ms)."),
        .init(
            "kafka.metadataTTL", .duration(.milliseconds(10) ... .seconds(3600)), .value("60s"),
            "How often the cluster is asked for its topics (topic.metadata.refresh.interval.ms)."),
        .init("kafka.secureConnection", .boolean, .value("false"), "Whether to use TLS towards the brokers."),
        .init(
            "kafka.rootCA", .textOrEmpty, .absent("the system's authorities"),
            "Certificate authority of the brokers: PEM text, or a path."),
        .init(
            "kafka.interCA", .textOrEmpty, .absent("no intermediate authority"),
            "Intermediate certificate authority: PEM text, or a path."),
        .init(
            "kafka.rootCAPath", .textOrEmpty, .absent("kafka.rootCA holds"),
            "Path of the certificate authority, where kafka.rootCA does not give it."),
        .init(
            "kafka.interCAPath", .textOrEmpty, .absent("kafka.interCA holds"),
            "Path of the intermediate authority, where kafka.interCA does not give it."),
        .init(
            "kafka.scramUsername", .textOrEmpty, .absent("no SASL"), "User for SASL SCRAM-SHA-512."),
        .init(
            "kafka.scramPassword", .textOrEmpty, .absent("no SASL"), "Password of scramUsername.", isSecret: true),
        .init(
            "kafka.scramPasswordFile", .text, .absent("no file is read"),
            "File with the password of scramUsername; found as cdc.passwordFile is."),
        .init(
            "kafka.delivery", .choice(ChoiceSet(KafkaSettings.Delivery.allCases.map(\.rawValue))),
            .value("at-least-once"),
            "How often a record can arrive: at-least-once, or exactly-once (for isolation.level=read_committed)."),
        .init(
            "kafka.stateTopic", .text, .value("pqcdc-state"),
            "Compacted topic that keeps how far each pipeline has come; none does without."),
        .init(
            "kafka.exactlyOnce.maxTransactionBytes", .byteSize((64 << 10)...(1 << 40)), .value("256MiB"),
            "A database transaction that makes more bytes of records is split over several Kafka transactions."),
        .init(
            "kafka.exactlyOnce.commitInterval", .duration(.milliseconds(1) ... .seconds(60)), .value("100ms"),
            "How long a Kafka transaction goes on while there is a backlog."),
        .init(
            "kafka.exactlyOnce.transactionTimeout", .duration(.seconds(1) ... .seconds(900)), .value("60s"),
            "How long a Kafka transaction may stay open before the brokers abort it (transaction.timeout.ms)."),
        .init(
            "kafka.properties.*", .textOrEmpty, .absent("librdkafka's defaults, and ours"),
            "Any property of librdkafka: name: value."),
        .init(
            "kafka.skipOversizedMessages", .boolean, .absent("onOversize in mapping holds"),
            "Whether a record that is larger than Kafka takes is left out: mapping.defaults.onOversize: skip."),
        .init(
            "kafka.maxMessageBytes", .byteSize(1000...1_000_000_000),
            .absent("librdkafka's default, 1 MB; with skipOversizedMessages, 1mb"),
            "How large a record may be (librdkafka's message.max.bytes); a topic's max.message.bytes counts as well."),
        .init(
            "kafka.writeTimeout", .anything, .absent("a record is tried until it is delivered"),
            "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: a record is tried until it is delivered; use kafka.readTimeout for one request"),
        .init(
            "kafka.producerMaxAttempts", .anything, .absent("a record is tried until it is delivered"),
            "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: a record is never given up, it is tried until it is delivered; remove it"),
        .init(
            "kafka.metadataTopics", .anything, .absent("the mapped topics are asked for"),
            "Accepted from go-pq-cdc-kafka files.",
            caution: "has no effect: metadata is kept for the topics that are mapped; remove it"),
    ]

    /// The refused ones are read too, so that the message can say why they are refused.
    private static let balancers: ChoiceSet = {
        let refused = Balancer.allCases.filter { $0.partitioner == nil }.map(\.rawValue)
        return ChoiceSet(
            Balancer.allCases.filter { $0.partitioner != nil }.map(\.rawValue),
            synonyms: Dictionary(uniqueKeysWithValues: zip(refused, refused)))
    }()

    private static let compressions = ChoiceSet(
        KafkaSettings.Compression.allCases.map(\.rawValue),
        synonyms: ["0": "none", "1": "gzip", "2": "snappy", "3": "lz4", "4": "zstd"], ignoresCase: true)
}
