import Kafka
import LinuxSupport
import Logging
import Observability
import Pipeline
import ReplicationProtocol
import Synchronization

/// Takes a session's delivery reports to its checkpoint, its failures to the session, and counts both.
final class DeliveryReports: DeliveryObserver {
    private let session: Session
    private let stateTopic: String?
    private let metrics: DaemonMetrics
    private let keys: KafkaKeys
    private let logger: Logger
    /// By topic number; written by the batcher when it opens a topic, read on `kafka-poll` once for each run.
    private let topics = Mutex<[(name: String, counters: TopicCounters)]>([])
    /// Whether the brokers are known to be out of reach, so that it is said once and not every second.
    private let isOutOfReach = Atomic<Bool>(false)
    private let hasDelivered = Atomic<Bool>(false)
    private let outages = Mutex(OutageLog())

    init(session: Session, stateTopic: String?, metrics: DaemonMetrics, keys: KafkaKeys, logger: Logger) {
        self.session = session
        self.stateTopic = stateTopic
        self.metrics = metrics
        self.keys = keys
        self.logger = logger
    }

    /// Says what the topic of a number is called, before anything is produced to it.
    func willReport(topic name: String, number: Int) {
        topics.withLock { topics in
            precondition(topics.count == number, "topics are numbered in the order in which they are opened")
            topics.append((name, metrics.topic(name)))
        }
    }

    func delivered(batch: UInt32, topic: Int, records: Int, bytes: Int) {
        #if FAILPOINTS
            Failpoint.beforeReport.reach()
        #endif
        let counters = topics.withLock { $0[topic].counters }
        counters.delivered.increment(by: UInt64(records))
        counters.deliveredBytes.increment(by: UInt64(bytes))
        if let commitTime = session.acknowledge(batch, records: records) {
            // Two clocks: the server's may be ahead of ours.
            let (difference, isOverflow) = ServerTime.now.rawValue.subtractingReportingOverflow(commitTime.rawValue)
            let microseconds = isOverflow ? 0 : max(0, difference)
            metrics.batches.latency.observe(Double(microseconds) / 1e6)
        }
        hasDelivered.store(true, ordering: .relaxed)
        if isOutOfReach.exchange(false, ordering: .relaxed) {
            outages.withLock { $0.recovered() }
            logger.notice("Kafka takes records again")
        }
    }

    func failed(batch: UInt32, topic: Int, records: Int, bytes: Int, error: KafkaError) {
        // What the end of a session purges has not failed: it is read from PostgreSQL again.
        guard !error.isPurge else { return }
        let (name, counters) = topics.withLock { $0[topic] }
        counters.failed.increment(by: UInt64(records))
        counters.failedBytes.increment(by: UInt64(bytes))
        var error = error
        error.action = "deliver records to topic \"\(name)\""
        session.fail(PipelineError(stateTopic: name == stateTopic ? name : nil, SinkFailure(error, keys, topic: name)))
    }

    func clientReported(_ error: KafkaError) {
        if error.isFatal || error.isAuthentication && !hasDelivered.load(ordering: .relaxed) {
            session.fail(.sink(SinkFailure(error, keys)))
        } else if outages.withLock({ $0.isNews(error, now: .now) }) {
            isOutOfReach.store(true, ordering: .relaxed)
            let advice =
                keys.advice(on: error) ?? KafkaOutage(code: error.code, text: error.reason)?.advice
                ?? "nothing is lost; records wait in PostgreSQL's WAL"
            logger.warning(
                "Kafka does not take records: \(error.reason)",
                metadata: [
                    "code": "\(error.name)", "broker": "\(KafkaOutage.broker(in: error.reason) ?? "all")",
                    "advice": "\(advice)",
                ])
        }
    }

    func clientMeasured(_ statistics: ClientStatistics) {
        metrics.client.update(
            queueRecords: statistics.queueRecords, queueBytes: statistics.queueBytes,
            brokers: statistics.brokers.map(BrokerSample.init))
    }

    /// The client is no more, and what it measured is no longer true.
    func ended() { metrics.client.clear() }

    func clientLogged(level: Int32, facility: String, text: String) {
        // librdkafka's own words are for those who debug it; what matters comes as an error as well.
        logger.debug("\(text)", metadata: ["librdkafka": "\(facility)", "syslog_level": .stringConvertible(level)])
    }
}

extension BrokerSample {
    init(_ broker: ClientStatistics.Broker) {
        func seconds(_ microseconds: UInt64) -> Double? {
            broker.answers > 0 ? Double(microseconds) / 1e6 : nil
        }
        self.init(
            name: broker.name, isUp: broker.state == "UP", waitingRequests: broker.waitingRequests,
            sentRequests: broker.sentRequests, averageRoundTrip: seconds(broker.averageRoundTrip),
            slowRoundTrip: seconds(broker.slowRoundTrip), sendErrors: broker.sendErrors,
            receiveErrors: broker.receiveErrors, retries: broker.retries, timeouts: broker.timeouts,
            disconnects: broker.disconnects)
    }
}
