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
    let tables: [SnapshotTable]
    /// The pages of each leaf that need not be read, from the first on.
    var done: [UInt32]
    let condition: String?
    /// Rows that are read at once, estimated.
    let chunkSize: Int
    /// Bytes that a chunk may have in memory.
    let chunkBytes: Int
    let exchange: ChunkExchange
    let wakeup: Wakeup
    let logger: Logger

    /// Reads until every page is done.
    ///
    /// - Returns: false when the run was stopped.
    func read() throws(PostgresError) -> Bool {
        let reader = try SnapshotConnection(parameters, interruptedBy: wakeup)
        // A mark is in the stream as soon as it is on disk here; whether a standby has it does not matter to it.
        try reader.connection.query("SET synchronous_commit = local", to: "prepare the session")
        guard try waitForOlderTransactions(reader) else { return false }
        var chunk: UInt64 = 0
        for (leaf, table) in tables.enumerated() {
            var page = done[leaf]
            let step = Self.pages(of: table, rows: chunkSize)
            while page < max(table.pages, 1) {
                if exchange.isStopped { return false }
                chunk += 1
                let pages = page..<(page > UInt32.max - step ? UInt32.max : page + step)
                let read = try readChunk(chunk, of: leaf, pages, on: reader)
                switch try awaitAnswer() {
                case .done: page = read.upperBound
                case .readAgain: if try pause() { return false }
                case .stop: return false
                }
            }
        }
        return true
    }

    /// Pages that hold about that many rows.
    static func pages(of table: SnapshotTable, rows: Int) -> UInt32 {
        guard let estimate = table.estimatedRows, estimate > 0, table.pages > 0 else {
            // Unknown: some 100 rows a page, as narrow ones have.
            return UInt32(clamping: max(rows / 100, 1))
        }
        return UInt32(clamping: max(Int(Double(rows) / Double(estimate) * Double(table.pages)), 1))
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
            if try pause() { return false }
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
        guard try reader.claim(tables[leaf]) else {
            throw PostgresError(
                .unexpectedAnswer, action: "read the table \"\(tables[leaf].leaf)\" for a requested snapshot",
                reason: "it has been rewritten or created anew since the snapshot began; ask for it again")
        }
        var lines = CopyLines()
        let complete = try copy(pages, of: tables[leaf], into: &lines, on: reader)
        try reader.end()
        exchange.offer(
            RequestedChunk(
                run: run, number: number, leaf: leaf, pages: complete,
                isLast: complete.upperBound >= tables[leaf].pages,
                snapshot: snapshot, lines: lines))
        try emit(.high, number, on: reader)
        return complete
    }

    private func copy(
        _ pages: Range<UInt32>, of table: SnapshotTable, into lines: inout CopyLines, on reader: SnapshotConnection
    ) throws(PostgresError) -> Range<UInt32> {
        let statement = table.copyStatement(pages: pages, condition: condition, reader.connection.quoting)
        var copy = try reader.copy(statement, to: "read the table \"\(table.leaf)\"")
        var end = pages.upperBound
        var page = pages.lowerBound
        var linesBeforePage = 0
        while let line = try copy.next() {
            // Too many bytes already: the rest is read and forgotten, since a COPY cannot be ended otherwise.
            if end < pages.upperBound { continue }
            guard let id = TupleID(line: UnsafeRawBufferPointer(line)) else {
                throw PostgresError(
                    .unexpectedAnswer, action: "read the table \"\(table.leaf)\"", reason: "a row came without its ctid"
                )
            }
            if id.page != page {
                if lines.byteCount > chunkBytes {
                    end = id.page
                    continue
                }
                page = id.page
                linesBeforePage = lines.count
            }
            lines.append(line)
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
    private func awaitAnswer() throws(PostgresError) -> ChunkExchange.Answer {
        while true {
            if let answer = exchange.answer(until: .now + .seconds(3600)) { return answer }
        }
    }

    /// - Returns: whether the run was stopped.
    private func pause() throws(PostgresError) -> Bool {
        FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now + .milliseconds(200)).wakeup || exchange.isStopped
    }
}
