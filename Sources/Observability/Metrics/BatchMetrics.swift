/// What is measured of each batch of records on its way to Kafka. Never called per record.
public final class BatchMetrics: Sendable {
    /// Records, and bytes of keys, values and headers, in a batch.
    public let records: Histogram
    public let bytes: Histogram
    /// From the moment a batch is to be sent until the Kafka client has all of it, the wait for room included.
    public let flush: Histogram
    /// From a batch's first commit in PostgreSQL until Kafka has acknowledged its last record.
    public let latency: Histogram
    /// How long the commits of Kafka transactions took.
    public let commit: Histogram
    /// When sending waits because too much is in flight.
    public let backpressure: Stopwatch

    init(registry: MetricRegistry) {
        records = registry.histogram(
            "pqcdc_batch_records", help: "Records in a batch handed to librdkafka.",
            buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000])
        bytes = registry.histogram(
            "pqcdc_batch_bytes", help: "Bytes of keys, values and headers in a batch handed to librdkafka.",
            buckets: [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216])
        flush = registry.histogram(
            "pqcdc_flush_duration_seconds",
            help: "Time to hand a batch to librdkafka, waiting for room in flight included.",
            buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60])
        latency = registry.histogram(
            "pqcdc_delivery_latency_seconds",
            help: "From the commit in PostgreSQL to the last acknowledgement of a batch, by its oldest transaction.",
            buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800])
        commit = registry.histogram(
            "pqcdc_kafka_commit_duration_seconds", help: "Time to commit a Kafka transaction (exactly-once only).",
            buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 60])
        let backpressure = Stopwatch()
        self.backpressure = backpressure
        registry.counter(
            "pqcdc_backpressure_seconds_total",
            help: "Time in which nothing was sent because too much waited for Kafka's acknowledgement."
        ) { .real(backpressure.seconds) }
    }
}
