/// What the daemon counts: the one place where its metrics are named and explained.
///
/// Nothing here is called per row, except the counters of a table or a topic, which are fetched once.
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
    /// The LSN up to which PostgreSQL has been told to forget.
    public let confirmedLSN: Gauge
    /// The end of the server's WAL, as it last said.
    public let serverLSN: Gauge
    /// Records that were handed to librdkafka and are not yet reported on.
    public let inFlightRecords: Gauge
    /// The bytes of those records.
    public let inFlightBytes: Gauge
    /// Source transactions whose commit was read.
    public let transactions: Counter
    /// Logical messages that could not become records, by what their rule did with them.
    public let skippedMessages: Counter
    public let deadLetteredMessages: Counter
    public let postgresReconnects: Counter
    public let kafkaReconnects: Counter
    public let snapshot: SnapshotMetrics

    private let registry: MetricRegistry
    private let active: Gauge
    private let passive: Gauge

    /// Registers everything that has no table or topic; `version` becomes the label of `pqcdc_build_info`.
    public init(registry: MetricRegistry, version: String) {
        self.registry = registry
        receivedLSN = registry.gauge(
            "pqcdc_received_lsn", help: "End of the WAL received from PostgreSQL, as an integer.")
        let confirmed = registry.gauge(
            "pqcdc_confirmed_lsn", help: "LSN confirmed to PostgreSQL: every change up to it is delivered.")
        let server = registry.gauge(
            "pqcdc_server_lsn", help: "End of the server's WAL as last reported, as an integer.")
        confirmedLSN = confirmed
        serverLSN = server
        registry.gauge("pqcdc_lag_bytes", help: "WAL that the slot retains for us: server LSN minus confirmed LSN.") {
            Self.lag(server: server.value, confirmed: confirmed.value)
        }
        let roleHelp = "1 for the role this instance has: active streams, passive waits for the slot."
        active = registry.gauge("pqcdc_role", help: roleHelp, labels: [("role", Role.active.rawValue)])
        passive = registry.gauge("pqcdc_role", help: roleHelp, labels: [("role", Role.passive.rawValue)])
        inFlightRecords = registry.gauge(
            "pqcdc_inflight_records", help: "Records handed to librdkafka without a delivery report so far.")
        inFlightBytes = registry.gauge(
            "pqcdc_inflight_bytes", help: "Bytes of the records handed to librdkafka without a delivery report so far.")
        transactions = registry.counter(
            "pqcdc_transactions_total", help: "PostgreSQL transactions read to their commit.")
        let messages = "Logical messages that could not become records, by what their rule does with them."
        skippedMessages = registry.counter("pqcdc_failed_messages_total", help: messages, labels: [("action", "skip")])
        deadLetteredMessages = registry.counter(
            "pqcdc_failed_messages_total", help: messages, labels: [("action", "deadLetter")])
        let reconnects = "Connections lost and made again, by side."
        postgresReconnects = registry.counter(
            "pqcdc_reconnects_total", help: reconnects, labels: [("side", "postgres")])
        kafkaReconnects = registry.counter("pqcdc_reconnects_total", help: reconnects, labels: [("side", "kafka")])
        snapshot = SnapshotMetrics(registry)
        registry.gauge("pqcdc_build_info", help: "Always 1; the version is the label.", labels: [("version", version)])
            .set(UInt64(1))
        Self.addProcess(to: registry)
    }

    /// The counters of a table; ask once per table, not per row.
    public func table(schema: String, name: String) -> TableCounters {
        let labels = [("schema", schema), ("table", name)]
        func changes(_ operation: String) -> Counter {
            registry.counter(
                "pqcdc_changes_total", help: "Changes read from PostgreSQL, by table and operation.",
                labels: labels + [("operation", operation)])
        }
        func failures(_ action: String) -> Counter {
            registry.counter(
                "pqcdc_failed_changes_total",
                help: "Changes that could not become records, by table and what their rule does with them.",
                labels: labels + [("action", action)])
        }
        return TableCounters(
            inserts: changes("insert"), updates: changes("update"), deletes: changes("delete"),
            truncates: changes("truncate"), snapshots: changes("snapshot"),
            skipped: registry.counter(
                "pqcdc_skipped_changes_total", help: "Changes passed over because no mapping names their table.",
                labels: labels),
            failed: failures("skip"), deadLettered: failures("deadLetter"))
    }

    /// The counters of a topic; ask once per topic, not per record.
    public func topic(_ name: String) -> TopicCounters {
        TopicCounters(
            delivered: registry.counter(
                "pqcdc_records_delivered_total", help: "Records that Kafka acknowledged, by topic.",
                labels: [("topic", name)]),
            failed: registry.counter(
                "pqcdc_records_failed_total", help: "Records that librdkafka gave up on, by topic.",
                labels: [("topic", name)]))
    }

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

    /// The standard metrics of a process, under the names that every Prometheus dashboard expects.
    private static func addProcess(to registry: MetricRegistry) {
        let startTime = ProcessStatistics.startTime
        registry.gauge("process_start_time_seconds", help: "Start of the process, in seconds since 1970.") {
            startTime.map(MetricValue.real)
        }
        registry.gauge("process_resident_memory_bytes", help: "Resident memory in bytes.") {
            ProcessStatistics.residentMemory.map(MetricValue.integer)
        }
        registry.counter("process_cpu_seconds_total", help: "User and system CPU time in seconds.") {
            .real(ProcessStatistics.cpuSeconds)
        }
        registry.gauge("process_open_fds", help: "Open file descriptors.") {
            ProcessStatistics.openFileDescriptors.map(MetricValue.integer)
        }
    }
}
