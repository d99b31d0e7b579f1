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
    /// The pages of each leaf that need not be read, from the first on; kept up to date, so that reading can go on.
    var done: [UInt32]
    let condition: String?
    /// Rows that are read at once, estimated.
    var chunkSize: Int
    /// Bytes that a chunk may have in memory.
    let chunkBytes: Int
    let exchange: ChunkExchange
    let wakeup: Wakeup
    let logger: Logger
    /// The number of the chunk that was read last.
    private var chunk: UInt64 = 0

    init(
        parameters: ConnectionParameters, slot: String, run: UInt64, tables: [SnapshotLeaf], done: [UInt32],
        condition: String?, chunkSize: Int, chunkBytes: Int, exchange: ChunkExchange, wakeup: Wakeup, logger: Logger
    ) {
        self.parameters = parameters
        self.slot = slot
        self.run = run
        self.tables = tables
        self.done = done
        self.condition = condition
        self.chunkSize = chunkSize
        self.chunkBytes = chunkBytes
        self.exchange = exchange
        self.wakeup = wakeup
        self.logger = logger
    }

    /// Reads until every page is done. After an error it can be called again, and goes on.
    ///
    /// - Returns: false when the run was stopped.
    mutating func read() throws(PostgresError) -> Bool {
        let reader = try SnapshotConnection(parameters, interruptedBy: wakeup)
        // A mark is in the stream as soon as it is on disk here; whether a standby has it does not matter to it.
        // Rows must come in the order of their pages, of which only a scan by ctid is sure.
        try reader.connection.query(
            """
            SET synchronous_commit = local; SET enable_tidscan = on; SET synchronize_seqscans = off;
            SET max_parallel_workers_per_gather = 0
            """, to: "prepare the session")
        guard try waitForOlderTransactions(reader) else { return false }
        for (leaf, table) in tables.enumerated() {
            let step = table.pages(holding: chunkSize)
            while done[leaf] < max(table.pages, 1) {
                if exchange.isStopped { return false }
                chunk += 1
                let start = done[leaf]
                let pages = start..<(start > UInt32.max - step ? UInt32.max : start + step)
                let read = try readChunk(chunk, of: leaf, pages, on: reader)
                switch awaitAnswer() {
                case .done: done[leaf] = read.upperBound
                case .readAgain: if pause() { return false }
                case .stop: return false
                }
            }
        }
        return true
    }

    /// Waits until no transaction runs any more that had begun to write before now.
    ///
    /// The batcher knows which transactions it has streamed since the run began. One that it has streamed before, and whose
    /// session still waits for its synchronous standby, would be older than a chunk that does not see it, and nobody
    /// would notice. After this there is none.
    private func waitForOlderTransactions(_ reader: SnapshotConnection) throws(PostgresError) -> Bool {
        let action = "read which transactions are running"
        let own = try reader.connection.query("SELECT pg_current_xact_id()", to: action)[0, 0].flatMap { UInt64($0) }
        guard let own else {
            throw PostgresError(.unexpectedAnswer, action: action, reason: "the server answered no transaction id")
        }
        var isLogged = false
        while true {
            let text = try reader.connection.query("SELECT pg_current_snapshot()", to: action)[0, 0] ?? ""
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
            if pause() { return false }
        }
    }

    /// Reads pages between two marks and leaves their rows in the exchange.
    ///
    /// - Returns: the pages that are complete, fewer than asked for where their rows are large.
    private func readChunk(
        _ number: UInt64, of leaf: Int, _ pages: Range<UInt32>, on reader: SnapshotConnection
    ) throws(PostgresError) -> Range<UInt32> {
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
        let complete = try copy(pages, of: table, into: &lines, on: reader)
        try reader.end()
        exchange.offer(
            RequestedChunk(
                run: run, number: number, leaf: leaf, pages: complete,
                isLast: complete.upperBound >= table.pages,
                snapshot: snapshot, lines: lines))
        try emit(.high, number, on: reader)
        return complete
    }

    private func copy(
        _ pages: Range<UInt32>, of table: SnapshotLeaf, into lines: inout CopyLines, on reader: SnapshotConnection
    ) throws(PostgresError) -> Range<UInt32> {
        let action = "read the table \"\(table.table)\""
        let statement = SnapshotTable.copyStatement(
            RelationName(table.table), columns: table.relation.columns.map(\.name), withTupleIDs: true, pages: pages,
            conditions: [table.rowFilter, condition].compactMap { $0 }, reader.connection.quoting)
        var copy = try reader.copy(statement, to: action)
        var end = pages.upperBound
        var page = pages.lowerBound
        var linesBeforePage = 0
        while let line = try copy.next() {
            // Too many bytes already: the rest is read and forgotten, since a COPY cannot be ended otherwise.
            if end < pages.upperBound { continue }
            guard let (id, row) = TupleID.split(line) else {
                throw PostgresError(.unexpectedAnswer, action: action, reason: "a row came without its ctid")
            }
            if id.page != page {
                if lines.byteCount > chunkBytes {
                    end = id.page
                    continue
                }
                page = id.page
                linesBeforePage = lines.count
            }
            lines.append(row)
        }
        // The last page alone may be what is too large; it is sent with the rest, since a page is the least that is done.
        if lines.byteCount > chunkBytes, linesBeforePage > 0, end == pages.upperBound {
            lines.removeLast(downTo: linesBeforePage)
            end = page
        }
        return pages.lowerBound..<end
    }

    private func emit(_ kind: Watermark.Kind, _ chunk: UInt64, on reader: SnapshotConnection) throws(PostgresError) {
        let mark = Watermark(slot: slot, run: run, chunk: chunk, kind: kind)
        try reader.connection.query(
            "SELECT pg_logical_emit_message(true, $1, $2)",
            [Watermark.prefix, String(decoding: mark.json, as: UTF8.self)], to: "write a watermark")
    }

    /// The stream may be behind for a long time; nothing is open meanwhile.
    private func awaitAnswer() -> ChunkExchange.Answer {
        while true {
            if let answer = exchange.answer(until: .now + .seconds(3600)) { return answer }
        }
    }

    /// - Returns: whether the run was stopped.
    private func pause() -> Bool {
        FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now + .milliseconds(200)).wakeup || exchange.isStopped
    }
}
