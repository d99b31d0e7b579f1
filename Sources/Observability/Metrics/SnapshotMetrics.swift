internal import Synchronization

/// What is counted of a snapshot; its rows by table are among the changes, with the operation `snapshot`.
public final class SnapshotMetrics: Sendable {
    /// 1 while one is taken.
    public let inProgress: Gauge
    public let tables: Gauge
    public let tablesDone: Gauge
    /// Of the exported snapshot that is being read.
    public let chunks: Gauge
    public let chunksDone: Counter
    public let rows: Counter
    /// Of records.
    public let bytes: Counter
    public let duration: Gauge
    /// Requested snapshots that are not done.
    public let requests: Gauge
    private let shown = Mutex(SnapshotStatus())

    init(_ registry: MetricRegistry) {
        inProgress = registry.gauge("pqcdc_snapshot_active", help: "1 while a snapshot is taken.")
        tables = registry.gauge("pqcdc_snapshot_tables", help: "Tables of the snapshot, each partition for itself.")
        tablesDone = registry.gauge("pqcdc_snapshot_done_tables", help: "Those of which every row is delivered.")
        chunks = registry.gauge(
            "pqcdc_snapshot_chunks",
            help: "Ranges of pages that are to be read from the present exported snapshot; 0 for a requested one.")
        chunksDone = registry.counter("pqcdc_snapshot_chunks_done_total", help: "Ranges of pages that were read.")
        rows = registry.counter("pqcdc_snapshot_rows_total", help: "Rows that snapshots have read.")
        bytes = registry.counter("pqcdc_snapshot_bytes_total", help: "Bytes of the records of snapshots.")
        duration = registry.gauge(
            "pqcdc_snapshot_duration_seconds", help: "How long the snapshot has taken in this process so far.")
        requests = registry.gauge(
            "pqcdc_snapshot_requests",
            help: "Snapshots that were asked for and are not done: the one that is taken, and those that wait.")
    }

    /// What is taken and what waits, for whoever asks.
    public var status: SnapshotStatus {
        get { shown.withLock { $0 } }
        set { shown.withLock { $0 = newValue } }
    }
}
