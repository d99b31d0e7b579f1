import Synchronization

/// What the daemon counts: the one place where its metrics are named and explained.
///
/// Nothing here is called per row, except the counters of a table or a topic, which are fetched once. docs/metrics.md
/// lists them all, and a test compares.
public final class DaemonMetrics: Sendable {
    /// What this instance does with the slot.
    public enum Role: String, CaseIterable, Sendable {
        /// It holds the slot and streams.
        case active
        /// Another instance holds the slot; this one waits.
        case passive
    }

    /// The end of the WAL that has been received.
    public let receivedLSN: Gauge
    /// The LSN up to which Kafka has everything.
    public let deliveredLSN: Gauge
    /// The LSN up to which PostgreSQL has been told to forget.
    public let confirmedLSN: Gauge
    /// The end of the server's WAL, as it last said.
    public let serverLSN: Gauge
    /// Whether the server answers questions beside the stream.
    public let serverUp: Gauge
    /// Records that were handed to librdkafka and are not yet reported on.
    public let inFlightRecords: Gauge
    /// The bytes of those records.
    public let inFlightBytes: Gauge
    /// `memoryLimit`, and what is taken whatever happens: chunks and batch.
    public let memoryLimit: Gauge
    public let memoryReserved: Gauge
    /// Source transactions whose commit was read.
    public let transactions: Counter
    /// Logical messages that could not become records, by what their rule did with them.
    public let skippedMessages: Counter
    public let deadLetteredMessages: Counter
    public let snapshot: SnapshotMetrics
    public let batches: BatchMetrics
    public let slot: SlotMetrics
    public let publication: PublicationMetrics
    public let client: ClientMetrics
    public let lag: LagClock

    let registry: MetricRegistry
    private let active: Gauge
    private let passive: Gauge
    private let reconnects: [ReconnectCause: Counter]
    private let known = Mutex(Known())

    /// The tables and topics that were asked for, for whoever lists them.
    private struct Known {
        var tables: [TableKey: TableCounters] = [:]
        var topics: [String: TopicCounters] = [:]
    }

    private struct TableKey: Hashable {
        let schema: String
        let name: String
    }

    /// Registers everything that has no table or topic; `version` becomes the label of `pqcdc_build_info`.
    public init(registry: MetricRegistry, version: String) {
        self.registry = registry
        receivedLSN = registry.gauge(
            "pqcdc_received_lsn", help: "End of the WAL received from PostgreSQL, as an integer.")
        deliveredLSN = registry.gauge(
            "pqcdc_delivered_lsn", help: "LSN up to which Kafka has acknowledged every record, as an integer.")
        let confirmed = registry.gauge(
            "pqcdc_confirmed_lsn", help: "LSN confirmed to PostgreSQL: every change up to it is delivered.")
        let server = registry.gauge(
            "pqcdc_server_lsn", help: "End of the server's WAL as last reported, as an integer.")
        confirmedLSN = confirmed
        serverLSN = server
        let lag = LagClock()
        self.lag = lag
        registry.gauge("pqcdc_lag_bytes", help: "WAL that the slot retains for us: server LSN minus confirmed LSN.") {
            Self.lag(server: server.value, confirmed: confirmed.value)
        }
        registry.gauge(
            "pqcdc_lag_seconds", help: "For how long, at least, WAL of the server has been waiting to be confirmed."
        ) { lag.waiting.map { .real($0.inSeconds) } }
        serverUp = registry.gauge(
            "pqcdc_postgres_up", help: "1 while PostgreSQL answers the questions that are asked beside the stream.")
        let roleHelp = "1 for the role this instance has: active streams, passive waits for the slot."
        active = registry.gauge("pqcdc_role", help: roleHelp, labels: [("role", Role.active.rawValue)])
        passive = registry.gauge("pqcdc_role", help: roleHelp, labels: [("role", Role.passive.rawValue)])
        let inFlight = registry.gauge(
            "pqcdc_inflight_bytes", help: "Bytes of the records handed to librdkafka without a delivery report so far.")
        inFlightRecords = registry.gauge(
            "pqcdc_inflight_records", help: "Records handed to librdkafka without a delivery report so far.")
        inFlightBytes = inFlight
        memoryLimit = registry.gauge("pqcdc_memory_limit_bytes", help: "The configuration's memoryLimit.")
        let reserved = Gauge()
        memoryReserved = reserved
        registry.gauge(
            "pqcdc_memory_used_bytes", help: "What of memoryLimit is in use: buffers, and records in flight."
        ) { Self.sum(reserved.value, inFlight.value) }
        transactions = registry.counter(
            "pqcdc_transactions_total", help: "PostgreSQL transactions read to their commit.")
        let messages = "Logical messages that could not become records, by what their rule does with them."
        skippedMessages = registry.counter("pqcdc_failed_messages_total", help: messages, labels: [("action", "skip")])
        deadLetteredMessages = registry.counter(
            "pqcdc_failed_messages_total", help: messages, labels: [("action", "deadLetter")])
        let causes = ReconnectCause.allCases.map { cause in
            let counter = registry.counter(
                "pqcdc_reconnects_total", help: "Sessions that ended and were begun again, by side and cause.",
                labels: [("side", cause.side), ("cause", cause.rawValue)])
            return (cause, counter)
        }
        reconnects = Dictionary(uniqueKeysWithValues: causes)
        snapshot = SnapshotMetrics(registry)
        batches = BatchMetrics(registry: registry)
        slot = SlotMetrics(registry: registry)
        publication = PublicationMetrics(registry)
        client = ClientMetrics(registry: registry)
        registry.gauge("pqcdc_build_info", help: "Always 1; the version is the label.", labels: [("version", version)])
            .set(UInt64(1))
        Self.addProcess(to: registry)
    }

    /// Names the pipeline, for queries that join by it.
    public func name(slot: String, database: String, delivery: String) {
        registry.gauge(
            "pqcdc_pipeline_info", help: "Always 1; slot, database and delivery mode are labels.",
            labels: [("slot", slot), ("database", database), ("delivery", delivery)]
        ).set(UInt64(1))
    }

    /// Counts a session that is tried again.
    public func countReconnect(_ cause: ReconnectCause) {
        guard let counter = reconnects[cause] else { preconditionFailure("every cause has its counter") }
        counter.increment()
    }

    /// The counters of a table; ask once per table, not per row.
    public func table(schema: String, name: String) -> TableCounters {
        let made = TableCounters(schema: schema, name: name, registry: registry)
        // A second one of the same name has the same counters.
        known.withLock { $0.tables[TableKey(schema: schema, name: name)] = made }
        return made
    }

    /// The counters of a topic; ask once per topic, not per record.
    public func topic(_ name: String) -> TopicCounters {
        let made = TopicCounters(name: name, registry: registry)
        known.withLock { $0.topics[name] = made }
        return made
    }

    /// The tables that have been seen so far, in no order.
    public var tables: [TableCounters] { known.withLock { Array($0.tables.values) } }

    /// The topics that have been opened so far, in no order.
    public var topics: [TopicCounters] { known.withLock { Array($0.topics.values) } }

    /// Says which role this instance has; nil while it is neither, as at start or between connections.
    public func setRole(_ role: Role?) {
        active.set(UInt64(role == .active ? 1 : 0))
        passive.set(UInt64(role == .passive ? 1 : 0))
    }

    /// How many bytes of WAL the slot retains for us; nil until that is known.
    public var lagBytes: UInt64? {
        guard case .integer(let bytes) = Self.lag(server: serverLSN.value, confirmed: confirmedLSN.value) else {
            return nil
        }
        return bytes
    }

    /// nil until both are known: a lag against LSN 0 would be the whole history of the cluster, and wake someone.
    private static func lag(server: MetricValue, confirmed: MetricValue) -> MetricValue? {
        guard case .integer(let server) = server, case .integer(let confirmed) = confirmed,
            server > 0, confirmed > 0
        else { return nil }
        return .integer(server > confirmed ? server - confirmed : 0)
    }

    private static func sum(_ a: MetricValue, _ b: MetricValue) -> MetricValue? {
        guard case .integer(let a) = a, case .integer(let b) = b else { return nil }
        return .integer(a &+ b)
    }
}
