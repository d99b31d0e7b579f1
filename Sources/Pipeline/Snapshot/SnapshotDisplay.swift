internal import Logging
internal import Observability
internal import ReplicationProtocol
internal import RowMapping

/// Shows how far a snapshot is: bars on a terminal, a log line every ten seconds elsewhere, and metrics.
struct SnapshotDisplay {
    // As often as a person looks.
    private static let interval = Duration.seconds(10)

    private let area: StatusArea?
    private let metrics: SnapshotMetrics
    private let slot: SlotMetrics
    private let begun: ContinuousClock.Instant
    private var indexes: [TableName: Int] = [:]
    private var pages: [Int] = []
    private var progress = SnapshotProgress([], at: .now)
    private var logged: ContinuousClock.Instant

    init(area: StatusArea?, metrics: SnapshotMetrics, slot: SlotMetrics, now: ContinuousClock.Instant) {
        self.area = area
        self.metrics = metrics
        self.slot = slot
        begun = now
        logged = now
        metrics.inProgress.set(UInt64(1))
    }

    /// Notes what is to be read, once it is known; again for each exported snapshot.
    mutating func begin(_ leaves: [SnapshotLeaf], _ ledger: SnapshotLedger, chunks: Int, now: ContinuousClock.Instant) {
        indexes = Dictionary(uniqueKeysWithValues: leaves.enumerated().map { ($1.table, $0) })
        pages = leaves.map { Int($0.pages) }
        progress = SnapshotProgress(
            leaves.map { leaf in
                let known = ledger.tables[leaf.table]
                return SnapshotProgress.Table(
                    name: "\(leaf.table)", pages: Int(leaf.pages), estimatedRows: leaf.estimatedRows,
                    donePages: known?.done.count ?? 0, rows: Int(clamping: known?.rows ?? 0),
                    bytes: Int(clamping: known?.bytes ?? 0))
            }, at: now)
        metrics.tables.set(UInt64(leaves.count))
        metrics.chunks.set(UInt64(chunks))
    }

    /// Shows what is delivered by now.
    mutating func show(_ ledger: SnapshotLedger, now: ContinuousClock.Instant, _ logger: Logger) {
        for table in ledger.tables.values {
            guard let index = indexes[table.table] else { continue }
            let done = table.done.count
            progress.update(
                index, donePages: done, rows: Int(clamping: table.rows), bytes: Int(clamping: table.bytes),
                isActive: done > 0, isDone: table.isFinished || done >= pages[index])
        }
        progress.tick(at: now)
        progress.retainedWAL = slot.sample?.retainedBytes
        metrics.tablesDone.set(UInt64(progress.doneTables))
        metrics.duration.set(begun.duration(to: now) / .seconds(1))
        if let area {
            let size = area.size
            return area.show(progress.bars(columns: size.columns, rows: size.rows))
        }
        guard logged + Self.interval <= now else { return }
        logged = now
        logger.info(
            "snapshot",
            metadata: Logger.Metadata(uniqueKeysWithValues: progress.fields.map { ($0.name, "\($0.value)") }))
    }

    /// The snapshot is done, or the session ends.
    func end() {
        metrics.inProgress.set(UInt64(0))
        area?.show([])
    }
}
