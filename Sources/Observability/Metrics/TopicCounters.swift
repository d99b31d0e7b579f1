/// The counters of one topic.
public final class TopicCounters: Sendable {
    public let name: String
    public let delivered: Counter
    public let deliveredBytes: Counter
    public let failed: Counter
    public let failedBytes: Counter

    init(name: String, registry: MetricRegistry) {
        self.name = name
        let labels = [("topic", name)]
        delivered = registry.counter(
            "pqcdc_records_delivered_total", help: "Records that Kafka acknowledged, by topic.", labels: labels)
        deliveredBytes = registry.counter(
            "pqcdc_bytes_delivered_total", help: "Bytes of keys and values that Kafka acknowledged, by topic.",
            labels: labels)
        failed = registry.counter(
            "pqcdc_records_failed_total", help: "Records that librdkafka gave up on, by topic.", labels: labels)
        failedBytes = registry.counter(
            "pqcdc_bytes_failed_total", help: "Bytes of keys and values that librdkafka gave up on, by topic.",
            labels: labels)
    }
}
