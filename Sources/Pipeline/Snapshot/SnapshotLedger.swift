internal import ReplicationProtocol
internal import RowMapping

/// What of a snapshot is on its way, and what is delivered. Pure; owned by the batcher.
struct SnapshotLedger {
    private struct Sent {
        var batch: UInt32
        var table: TableName
        var pages: Range<UInt32>?
        var rows: UInt64
        var bytes: UInt64
    }

    let run: UInt64
    private(set) var tables: [TableName: LeafProgress] = [:]
    private var sent: [Sent] = []
    /// Tables whose records are to be written again.
    private var changed: Set<TableName> = []

    /// - Parameter known: what the state topic has; records of other runs count for nothing.
    init(run: UInt64, known: [LeafProgress] = []) {
        self.run = run
        for progress in known where progress.run == run { tables[progress.table] = progress }
    }

    // MARK: Tables

    /// The pages of each leaf that are yet to be read, and forgets those of tables that have other files by now.
    mutating func missing(_ leaves: [SnapshotLeaf]) -> [[Range<UInt32>]] {
        leaves.map { leaf in
            guard var progress = tables[leaf.table] else { return [0..<leaf.pages].filter { !$0.isEmpty } }
            if progress.oid != leaf.oid {
                // Another table of the same name, of whose changes nothing is known yet.
                tables[leaf.table] = nil
                return [0..<leaf.pages].filter { !$0.isEmpty }
            }
            if progress.isFinished { return [] }
            if progress.fileNode != leaf.fileNode {
                progress.fileNode = leaf.fileNode
                progress.done = PageRanges()
                tables[leaf.table] = progress
            }
            return progress.done.missing(below: leaf.pages)
        }
    }

    /// Notes that rows of a leaf are going to be sent, as they are in the snapshot of `point`.
    ///
    /// - Returns: whether that must stand in the state topic before the first of them: they may have been deleted before
    ///   the next start, which then has to know from where on deletions are to be streamed.
    mutating func begin(_ leaf: SnapshotLeaf, at point: LSN) -> Bool {
        guard var progress = tables[leaf.table] else {
            tables[leaf.table] = LeafProgress(run: run, leaf, at: point)
            changed.insert(leaf.table)
            return true
        }
        guard progress.until < point else { return false }
        progress.until = point
        tables[leaf.table] = progress
        changed.insert(leaf.table)
        return true
    }

    /// Nothing is left to be read of a leaf.
    mutating func finish(_ leaf: SnapshotLeaf, at point: LSN) {
        var progress = tables[leaf.table] ?? LeafProgress(run: run, leaf, at: point)
        guard !progress.isFinished else { return }
        progress.isFinished = true
        tables[leaf.table] = progress
        changed.insert(leaf.table)
    }

    /// Has the tables that are not done read from their beginning.
    mutating func forgetUnfinished() {
        for (table, progress) in tables where !progress.isFinished {
            tables[table]?.done = PageRanges()
            tables[table]?.rows = 0
            tables[table]?.bytes = 0
        }
    }

    /// Takes what is not there any more for done.
    ///
    /// - Returns: the tables that are gone since they were begun.
    mutating func finishGone(_ leaves: [SnapshotLeaf]) -> [TableName] {
        let there = Set(leaves.map(\.table))
        let gone = tables.values.filter { !$0.isFinished && !there.contains($0.table) }.map(\.table).sorted()
        for table in gone {
            tables[table]?.isFinished = true
            changed.insert(table)
        }
        return gone
    }

    // MARK: Batches

    mutating func wasSent(_ batch: UInt32, of table: TableName, pages: Range<UInt32>?, rows: UInt64, bytes: Int) {
        sent.append(Sent(batch: batch, table: table, pages: pages, rows: rows, bytes: UInt64(bytes)))
    }

    /// Everything in batches before `oldest` is delivered; nil says so of all.
    mutating func wereDelivered(before oldest: UInt32?) {
        var count = 0
        for batch in sent {
            // Batches' numbers go round.
            if let oldest, Int32(bitPattern: batch.batch &- oldest) >= 0 { break }
            count += 1
            guard var progress = tables[batch.table] else { continue }
            if let pages = batch.pages { progress.done.insert(pages) }
            progress.rows += batch.rows
            progress.bytes += batch.bytes
            tables[batch.table] = progress
            changed.insert(batch.table)
        }
        sent.removeFirst(count)
    }

    /// Takes the tables whose records are to be written.
    mutating func takeChanged() -> [LeafProgress] {
        defer { changed.removeAll() }
        return changed.sorted().compactMap { tables[$0] }
    }

    // MARK: Afterwards

    /// From which LSN on nothing needs to be known of the snapshot any more.
    var settled: LSN { tables.values.map { max($0.skipBelow, $0.until) }.max() ?? .zero }

    /// For each relation of the stream, which changes are not sent, and which are to be completed.
    var thresholds: [OID: SnapshotThreshold] {
        var thresholds: [OID: SnapshotThreshold] = [:]
        for progress in tables.values {
            let threshold = SnapshotThreshold(skipBelow: progress.skipBelow, completeBelow: progress.until)
            thresholds[progress.relation] =
                thresholds[progress.relation].map { $0.joined(with: threshold) } ?? threshold
        }
        return thresholds
    }
}
