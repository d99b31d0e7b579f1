internal import Logging
internal import Observability
internal import ReplicationProtocol
internal import RowMapping

/// Shows how far a snapshot is: bars on a terminal, a log line every ten seconds elsewhere, and metrics.
struct SnapshotDisplay {
    // As often as a person looks at a log, and at a bar.
    private static let interval = Duration.seconds(10)
    private static let refresh = Duration.milliseconds(500)

    private let area: StatusArea?
    private let metrics: SnapshotMetrics
    private let slot: SlotMetrics
    private let begun: ContinuousClock.Instant
    private var indexes: [TableName: Int] = [:]
    private var pages: [Int] = []
    private var progress = SnapshotProgress([], at: .now)
    private var logged: ContinuousClock.Instant
    private var shown: ContinuousClock.Instant

    init(area: StatusArea?, metrics: SnapshotMetrics, slot: SlotMetrics, now: ContinuousClock.Instant) {
        self.area = area
        self.metrics = metrics
        self.slot = slot
        begun = now
        logged = now
        shown = now
        metrics.inProgress.set(UInt64(1))
    }

    /// Notes what is to be read, once it is known; again for each exported snapshot.
    mutating func begin(_ leaves: [SnapshotLeaf], _ ledger: SnapshotLedger, chunks: Int, now: ContinuousClock.Instant) {
        indexes = Dictionary(leaves.enumerated().map { ($1.table, $0) }) { first, _ in first }
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
        show(now, logger, "snapshot", isRequested: false)
    }

    private mutating func show(
        _ now: ContinuousClock.Instant, _ logger: Logger, _ title: String, isRequested: Bool
    ) {
        shown = now
        progress.tick(at: now)
        progress.retainedWAL = slot.sample?.retainedBytes
        metrics.tablesDone.set(UInt64(progress.doneTables))
        metrics.duration.set(begun.duration(to: now) / .seconds(1))
        metrics.status.progress = progress
        metrics.status.isRequested = isRequested
        if let area {
            let size = area.size
            return area.show(progress.bars(columns: size.columns, rows: size.rows))
        }
        guard logged + Self.interval <= now else { return }
        logged = now
        var fields = Logger.Metadata(
            uniqueKeysWithValues: progress.fields.map {
                ($0.name, Int($0.value).map { .stringConvertible($0) } ?? "\($0.value)")
            })
        if isRequested { fields["table"] = "\(progress.tables[0].name)" }
        logger.info("\(title)", metadata: fields)
    }

    // MARK: Requested

    /// Notes what a request comes to: one table to whoever looks, however many partitions it has.
    mutating func begin(_ request: RequestProgress, _ leaves: [SnapshotLeaf], now: ContinuousClock.Instant) {
        pages = leaves.map { Int($0.pages) }
        progress = SnapshotProgress(
            [
                SnapshotProgress.Table(
                    name: "\(request.request.table)", pages: pages.reduce(0, +),
                    estimatedRows: leaves.reduce(Int?(0)) { sum, leaf in
                        sum.flatMap { sum in leaf.estimatedRows.map { sum + $0 } }
                    }, donePages: donePages(request, leaves), rows: Int(clamping: request.rows),
                    bytes: Int(clamping: request.bytes))
            ], at: now)
        metrics.tables.set(UInt64(1))
        metrics.chunks.set(UInt64(0))
    }

    /// Shows what is delivered of a request by now; not more often than somebody could see.
    mutating func show(
        _ request: RequestProgress, _ leaves: [SnapshotLeaf], now: ContinuousClock.Instant, _ logger: Logger
    ) {
        guard shown + Self.refresh <= now else { return }
        progress.update(
            0, donePages: donePages(request, leaves), rows: Int(clamping: request.rows),
            bytes: Int(clamping: request.bytes))
        show(now, logger, "requested snapshot", isRequested: true)
    }

    private func donePages(_ request: RequestProgress, _ leaves: [SnapshotLeaf]) -> Int {
        leaves.reduce(0) { $0 + Int(min(request.start(of: $1)?.page ?? $1.pages, $1.pages)) }
    }

    /// The snapshot is done, or the session ends.
    func end() {
        metrics.inProgress.set(UInt64(0))
        metrics.status.progress = nil
        area?.show([])
    }
}
