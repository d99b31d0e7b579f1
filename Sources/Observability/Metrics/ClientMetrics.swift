import Synchronization

/// librdkafka's own statistics, as far as they tell an operator something. Absent while there is no producer.
///
/// Counts are of one producer, and begin anew with each session: to Prometheus a counter that was reset.
public final class ClientMetrics: Sendable {
    private struct Sample {
        let queueRecords: UInt64
        let queueBytes: UInt64
        let brokers: [BrokerSample]
    }

    private final class Current: Sendable {
        let sample = Mutex<Sample?>(nil)
    }

    private let current: Current

    init(registry: MetricRegistry) {
        let current = Current()
        self.current = current
        registry.gauge("pqcdc_librdkafka_queue_records", help: "Records in librdkafka's queues and requests.") {
            current.sample.withLock { $0 }.map { .integer($0.queueRecords) }
        }
        registry.gauge("pqcdc_librdkafka_queue_bytes", help: "Bytes in librdkafka's queues and requests.") {
            current.sample.withLock { $0 }.map { .integer($0.queueBytes) }
        }
        func perBroker(
            _ name: String, _ kind: MetricFamily.Kind, _ help: String,
            _ read: @escaping @Sendable (BrokerSample) -> MetricValue?
        ) {
            registry.collect("pqcdc_librdkafka_broker_\(name)", kind, help: help) {
                (current.sample.withLock { $0 }?.brokers ?? []).compactMap { broker in
                    read(broker).map { (labels: [("broker", broker.name)], value: $0) }
                }
            }
        }
        perBroker("up", .gauge, "1 while there is a connection to the broker.") { .integer($0.isUp ? 1 : 0) }
        perBroker("waiting_requests", .gauge, "Requests that wait to be sent to the broker.") {
            .integer($0.waitingRequests)
        }
        perBroker("sent_requests", .gauge, "Requests that wait for the broker's answer.") { .integer($0.sentRequests) }
        perBroker("rtt_seconds", .gauge, "Mean round-trip time of the last interval of statistics.") {
            $0.averageRoundTrip.map(MetricValue.real)
        }
        perBroker("rtt_p99_seconds", .gauge, "99th percentile of the round-trip time of the last interval.") {
            $0.slowRoundTrip.map(MetricValue.real)
        }
        perBroker("send_errors_total", .counter, "Requests that could not be sent to the broker.") {
            .integer($0.sendErrors)
        }
        perBroker("receive_errors_total", .counter, "Answers of the broker that could not be received.") {
            .integer($0.receiveErrors)
        }
        perBroker("retries_total", .counter, "Requests to the broker that were made again.") { .integer($0.retries) }
        perBroker("timeouts_total", .counter, "Requests that the broker did not answer in time.") {
            .integer($0.timeouts)
        }
        perBroker("disconnects_total", .counter, "Connections to the broker that ended.") { .integer($0.disconnects) }
    }

    /// Takes what the client has just measured.
    public func update(queueRecords: UInt64, queueBytes: UInt64, brokers: [BrokerSample]) {
        let sample = Sample(queueRecords: queueRecords, queueBytes: queueBytes, brokers: brokers)
        current.sample.withLock { $0 = sample }
    }

    /// Forgets what a client has measured that is no more.
    public func clear() { current.sample.withLock { $0 = nil } }
}
