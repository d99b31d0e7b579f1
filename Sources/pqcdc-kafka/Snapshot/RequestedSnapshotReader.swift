import LinuxSupport
import Logging
import Pipeline
import Postgres
import ReplicationProtocol

/// Reads a table for a request, chunk by chunk, each between two watermarks, while changes are streamed.
///
/// Runs on a thread of its own, with a connection of its own. It holds no transaction between chunks, and no lock beyond
/// ACCESS SHARE while it reads one.
struct RequestedSnapshotReader {
    let parameters: ConnectionParameters
    let slot: String
    let run: UInt64
    /// What is to be read, as the catalog has it now; leaf by leaf.
    let tables: [SnapshotLeaf]
    /// Rows that are read at once, estimated.
    private var chunkSize: Int
    /// Bytes that a chunk may have in memory, unless it is a single row.
    let chunkBytes: Int
    let exchange: ChunkExchange
    let wakeup: Wakeup
    let logger: Logger
    /// Where each leaf's first row is that is to be read; nil where none is. Kept up to date, so that reading can go on.
    private var starts: [TupleID?]
    private var brake: SnapshotBrake
    /// The number of the chunk that was read last.
    private var chunk: UInt64 = 0
    /// How many chunks have been sent.
    private(set) var sentChunks = 0
    /// The table and the end of the chunk that is offered and not answered.
    private var offered: (leaf: Int, end: TupleID)?
    /// So many rows found room in a chunk lately: the server is asked for no more.
    private var rowLimit: Int

    init(
        parameters: ConnectionParameters, slot: String, run: UInt64, tables: [SnapshotLeaf], from starts: [TupleID?],
        chunkSize: Int, chunkBytes: Int, maxRate: Int?, exchange: ChunkExchange, wakeup: Wakeup,
        logger: Logger
    ) {
        self.parameters = parameters
        self.slot = slot
        self.run = run
        self.tables = tables
        self.starts = starts
        self.chunkSize = chunkSize
        brake = SnapshotBrake(maxRate, now: .now)
        self.chunkBytes = chunkBytes
        self.exchange = exchange
        self.wakeup = wakeup
        self.logger = logger
        let (rows, bytes) = tables.reduce((0, 0)) { ($0.0 + ($1.estimatedRows ?? 0), $0.1 + $1.byteCount) }
        // Twice the average, since a first chunk of large rows is read to its end, whatever of it finds room.
        rowLimit = rows > 0 && bytes > 0 ? max(min(chunkSize, 2 * chunkBytes / max(bytes / rows, 1)), 1) : chunkSize
    }

    /// Reads half as many rows at once from now on; false where it is one already.
    mutating func halveChunks() -> Bool {
        guard chunkSize > 1 else { return false }
        chunkSize /= 2
        rowLimit = min(rowLimit, chunkSize)
        return true
    }

    /// Reads until nothing is left. After an error it can be called again, and goes on.
    ///
    /// - Returns: false when the run was stopped.
    mutating func read() throws(PostgresError) -> Bool {
        // A connection may be lost behind a high mark, whose chunk is then sent all the same.
        if exchange.takeBack() { offered = nil }
        guard takeAnswer() else { return false }
        let reader = try SnapshotConnection(parameters, interruptedBy: wakeup)
        try reader.renew()
        guard try waitForOlderTransactions(reader) else { return false }
        for leaf in tables.indices {
            while let start = starts[leaf] {
                if exchange.isStopped { return false }
                chunk += 1
                try readChunk(chunk, of: leaf, from: start, on: reader)
                guard takeAnswer() else { return false }
            }
        }
        return true
    }

    /// Waits for what became of the chunk that was offered.
    ///
    /// - Returns: false when the run was stopped.
    private mutating func takeAnswer() -> Bool {
        guard let (leaf, end) = offered else { return true }
        offered = nil
        switch awaitAnswer() {
        case .sent(let bytes):
            starts[leaf] = isEnd(end, of: leaf) ? nil : end
            sentChunks += 1
            if let deadline = brake.take(bytes, now: .now) { return !pause(until: deadline) }
            return true
        case .readAgain: return !pause(until: .now + .milliseconds(200))
        case .stop: return false
        }
    }

    /// Whether `place` is behind the table's last page.
    private func isEnd(_ place: TupleID, of leaf: Int) -> Bool { place.page >= max(tables[leaf].pages, 1) }

    /// Waits until no transaction runs any more that had begun to write before now.
    ///
    /// The batcher knows which transactions it has streamed since the run began. One that it has streamed before, and whose
    /// session still waits for its synchronous standby, would be older than a chunk that does not see it, and nobody
    /// would notice. After this there is none.
    private func waitForOlderTransactions(_ reader: SnapshotConnection) throws(PostgresError) -> Bool {
        let action = "read which transactions are running"
        let own = try reader.connection.query("SELECT pg_catalog.pg_current_xact_id()", to: action)[0, 0].flatMap {
            UInt64($0)
        }
        guard let own else {
            throw PostgresError(.unexpectedAnswer, action: action, reason: "the server answered no transaction id")
        }
        var isLogged = false
        while true {
            let text = try reader.connection.query("SELECT pg_catalog.pg_current_snapshot()", to: action)[0, 0] ?? ""
            guard let snapshot = TransactionSnapshot(text) else {
                throw PostgresError(.unexpectedAnswer, action: action, reason: "the server answered no snapshot")
            }
            if snapshot.xmin > own { return true }
            if !isLogged {
                isLogged = true
                logger.info(
                    "the requested snapshot waits for transactions that are older than it",
                    metadata: ["oldest_xid": "\(snapshot.xmin)"])
            }
            if pause(until: .now + .milliseconds(200)) { return false }
        }
    }

    /// Reads rows between two marks and leaves them in the exchange.
    private mutating func readChunk(
        _ number: UInt64, of leaf: Int, from start: TupleID, on reader: SnapshotConnection
    ) throws(PostgresError) {
        try reader.renew()
        try emit(.low, number, on: reader)
        try reader.begin()
        let snapshot = try reader.currentSnapshot()
        let table = tables[leaf]
        guard try reader.claim(RelationName(table.table), oid: table.oid, fileNode: table.fileNode) else {
            throw PostgresError(
                .unexpectedAnswer, action: "read the table \"\(table.table)\" for a requested snapshot",
                reason: "it has been rewritten or created anew since the snapshot began; ask for it again")
        }
        var lines = CopyLines()
        let end = try copy(table, from: start, into: &lines, on: reader)
        try reader.end()
        let isLast = isEnd(end, of: leaf) && starts[(leaf + 1)...].allSatisfy { $0 == nil }
        exchange.offer(
            RequestedChunk(
                run: run, number: number, leaf: leaf, end: end, isLast: isLast, snapshot: snapshot, lines: lines))
        offered = (leaf, end)
        try emit(.high, number, on: reader)
    }

    /// - Returns: where the next chunk begins.
    private mutating func copy(
        _ table: SnapshotLeaf, from start: TupleID, into lines: inout CopyLines, on reader: SnapshotConnection
    ) throws(PostgresError) -> TupleID {
        let action = "read the table \"\(table.table)\""
        let step = table.pages(holding: chunkSize)
        let pages = start.page..<(start.page > UInt32.max - step ? UInt32.max : start.page + step)
        let statement = SnapshotTable.copyStatement(
            RelationName(table.table), columns: table.relation.columns.map(\.name), withTupleIDs: true, pages: pages,
            from: start.item, conditions: [table.rowFilter].compactMap { $0 }, limit: rowLimit,
            reader.connection.quoting)
        var copy = try reader.copy(statement, to: action)
        var end = TupleID(page: pages.upperBound, item: 0)
        var last = start
        var isFull = false
        while let line = try copy.next() {
            // The rest is read and forgotten, since a COPY cannot be ended otherwise.
            if isFull { continue }
            guard let (id, row) = TupleID.split(line) else {
                throw PostgresError(.unexpectedAnswer, action: action, reason: "a row came without its ctid")
            }
            guard id > last || (lines.count == 0 && id == last) else {
                throw PostgresError(
                    .unexpectedAnswer, action: action,
                    reason:
                        "rows do not come in the order of their pages")
            }
            if lines.count > 0, lines.byteCount + row.count > chunkBytes {
                isFull = true
                end = id
                continue
            }
            lines.append(row)
            last = id
        }
        if isFull {
            rowLimit = max(lines.count, 1)
        } else {
            if lines.count == rowLimit { end = last.next }
            if lines.byteCount < chunkBytes / 4 { rowLimit = min(rowLimit * 2, chunkSize) }
        }
        return end
    }

    private func emit(_ kind: Watermark.Kind, _ chunk: UInt64, on reader: SnapshotConnection) throws(PostgresError) {
        let mark = Watermark(slot: slot, run: run, chunk: chunk, kind: kind)
        exchange.expect(mark)
        try reader.connection.query(
            "SELECT pg_catalog.pg_logical_emit_message(true, $1, $2)",
            [Watermark.prefix, String(decoding: mark.json, as: UTF8.self)], to: "write a watermark")
    }

    /// The stream may be behind for a long time; nothing is open meanwhile.
    private func awaitAnswer() -> ChunkExchange.Answer {
        while true {
            if let answer = exchange.answer(until: .now + .seconds(3600)) { return answer }
        }
    }

    /// - Returns: whether the run was stopped.
    private func pause(until deadline: ContinuousClock.Instant) -> Bool {
        FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: deadline).wakeup || exchange.isStopped
    }
}
