/// What of another configuration can be put in force while the daemon runs.
extension Settings {
    /// Whether a change of the key at `path` is put in force by a reload; every other one waits for a restart.
    public static func isReloadable(_ path: String) -> Bool {
        reloadable.contains(path) || path.hasPrefix("kafka.tableTopicMapping.")
            || ["mapping.", "mapper."].contains { path.hasPrefix($0) }
    }

    /// The paths of all such keys but those of the mapping.
    public static let reloadable: Set<String> = [
        "shutdownTimeout", "readiness.maxStall", "readiness.unpublished", "cdc.slot.slotActivityCheckerInterval",
        "cdc.logger.level", "cdc.logger.logLevel", "cdc.snapshot.onDemand", "cdc.snapshot.requestSecret",
        "cdc.snapshot.requestSecretFile",
        "kafka.producerBatchSize", "kafka.producerBatchBytes", "kafka.producerBatchTickerDuration",
        "kafka.exactlyOnce.maxTransactionBytes", "kafka.exactlyOnce.commitInterval", "kafka.skipOversizedMessages",
    ]

    /// These settings with everything of `other` that can be put in force while the daemon runs.
    public func reloading(from other: Settings) -> Settings {
        var result = self
        result.mapping = other.mapping
        result.filterSources = other.filterSources
        result.shutdownTimeout = other.shutdownTimeout
        result.maxStall = other.maxStall
        result.unpublished = other.unpublished
        result.cdc.slot.activityCheckerInterval = other.cdc.slot.activityCheckerInterval
        result.cdc.logger.level = other.cdc.logger.level
        result.cdc.snapshot.onDemand = other.cdc.snapshot.onDemand
        result.cdc.snapshot.requestSecret = other.cdc.snapshot.requestSecret
        result.kafka.producerBatchSize = other.kafka.producerBatchSize
        result.kafka.producerBatchBytes = other.kafka.producerBatchBytes
        result.kafka.producerBatchTickerDuration = other.kafka.producerBatchTickerDuration
        result.kafka.exactlyOnce.maxTransactionBytes = other.kafka.exactlyOnce.maxTransactionBytes
        result.kafka.exactlyOnce.commitInterval = other.kafka.exactlyOnce.commitInterval
        return result
    }

    /// The keys in which `other` differs and that are read at start only.
    public func keysNeedingRestart(for other: Settings) -> [String] {
        var keys: [String] = []
        func compare<Value: Equatable>(_ path: String, _ value: (Settings) -> Value) {
            if value(self) != value(other) { keys.append(path) }
        }
        compare("memoryLimit") { $0.memoryLimit }
        compare("cdc.host") { $0.cdc.host }
        compare("cdc.port") { $0.cdc.port }
        compare("cdc.username") { $0.cdc.username }
        compare("cdc.password") { $0.cdc.password }
        compare("cdc.database") { $0.cdc.database }
        compare("cdc.pipeline") { $0.cdc.pipeline }
        compare("cdc.sslMode") { $0.cdc.sslMode }
        compare("cdc.sslRootCert") { $0.cdc.sslRootCert }
        compare("cdc.sslCert") { $0.cdc.sslCert }
        compare("cdc.sslKey") { $0.cdc.sslKey }
        compare("cdc.publication") { $0.cdc.publication }
        compare("cdc.slot.name") { $0.cdc.slot.name }
        compare("cdc.slot.createIfNotExists") { $0.cdc.slot.createIfNotExists }
        compare("cdc.slot.onGap") { $0.cdc.slot.onGap }
        compare("cdc.snapshot") { settings in
            var snapshot = settings.cdc.snapshot
            snapshot.onDemand = .off
            snapshot.requestSecret = nil
            return snapshot
        }
        compare("cdc.metric.port") { $0.cdc.metricPort }
        compare("cdc.logger.format") { $0.cdc.logger.format }
        compare("cdc.heartbeat.interval") { $0.cdc.heartbeatInterval }
        compare("kafka.brokers") { $0.kafka.brokers }
        compare("kafka.clientID") { $0.kafka.clientID }
        compare("kafka.compression") { $0.kafka.compression }
        compare("kafka.balancer") { $0.kafka.partitioner }
        compare("kafka.allowAutoTopicCreation") { $0.kafka.allowAutoTopicCreation }
        compare("kafka.delivery") { $0.kafka.delivery }
        compare("kafka.stateTopic") { $0.kafka.stateTopic }
        compare("kafka.exactlyOnce.transactionTimeout") { $0.kafka.exactlyOnce.transactionTimeout }
        return keys + propertiesThatDiffer(from: other)
    }

    /// By the keys that they come from.
    private func propertiesThatDiffer(from other: Settings) -> [String] {
        let own = Dictionary(kafka.properties.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let others = Dictionary(other.kafka.properties.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let names = Set(own.keys).union(others.keys).filter { own[$0] != others[$0] }
        return Set(names.map { Self.keys[$0] ?? "kafka.properties.\($0)" }).sorted()
    }

    /// The keys of ours that set properties of librdkafka.
    private static let keys = [
        "socket.timeout.ms": "kafka.readTimeout", "topic.metadata.refresh.interval.ms": "kafka.metadataTTL",
        "security.protocol": "kafka.secureConnection", "sasl.mechanisms": "kafka.scramUsername",
        "sasl.username": "kafka.scramUsername", "sasl.password": "kafka.scramPassword",
        "ssl.ca.location": "kafka.rootCA", "ssl.ca.pem": "kafka.rootCA", "message.max.bytes": "kafka.maxMessageBytes",
    ]
}
