import Configuration
import LinuxSupport
import Logging
import Pipeline
import Postgres
import ReplicationProtocol
import RowMapping

/// PostgreSQL, as a request for a snapshot beside the stream needs it.
struct PostgresRequestSource: RequestSource {
    let settings: Settings
    /// Has the rules in force: a reload may have mapped the table.
    let plans: PlanMailbox
    let logger: Logger

    func tables(
        of request: SnapshotRequest, interruptedBy wakeup: Wakeup
    ) throws(PipelineError) -> RequestedTables {
        var settings = settings
        settings.mapping = plans.current.rules
        let tables = try patiently(wakeup) { (_: inout Int) throws(PostgresError) in
            let connection = try Connection(settings.connectionParameters, interruptedBy: wakeup)
            // Other requests wait behind this one, and are not to wait for whoever rewrites its table.
            try connection.query(
                """
                SELECT pg_catalog.set_config('lock_timeout', '2s', false)
                WHERE pg_catalog.current_setting('lock_timeout') OPERATOR(pg_catalog.=) '0'
                """,
                to: "prepare the session")
            let requested = try RequestedTable.read(
                RelationName(request.table), settings, on: connection)
            let errors = RequestFindings.evaluate(settings, requested, connection.quoting)
                .filter { $0.severity == .error }
            guard errors.isEmpty else { return RequestedTables.refused(errors.map(\.message)) }
            return .leaves(
                (requested.snapshot.leaves ?? []).map(SnapshotLeaf.init), primaryKey: requested.table?.primaryKey ?? [])
        }
        guard let tables else { throw .stopped }
        return tables
    }

    func read(
        _ request: SnapshotRequest, _ leaves: [SnapshotLeaf], from starts: [TupleID?], run: UInt64,
        into exchange: ChunkExchange, interruptedBy wakeup: Wakeup
    ) throws(PipelineError) -> Bool {
        var reader = RequestedSnapshotReader(
            parameters: settings.connectionParameters, slot: settings.cdc.slot.name, run: run, tables: leaves,
            from: starts, chunkSize: settings.cdc.snapshot.chunkSize,
            chunkBytes: chunkBytes, maxRate: settings.cdc.snapshot.maxRate, exchange: exchange, wakeup: wakeup,
            logger: logger)
        let isDone = try patiently(wakeup, isReading: true) { (progress: inout Int) throws(PostgresError) in
            defer { progress = reader.sentChunks }
            while true {
                do throws(PostgresError) {
                    return try reader.read()
                } catch {
                    // query_canceled: by statement_timeout, or by somebody.
                    guard error.sqlState == "57014", reader.halveChunks() else { throw error }
                    logger.warning(
                        "\(error)",
                        metadata: [
                            "advice": """
                            the requested snapshot goes on with smaller chunks; make cdc.snapshot.chunkSize smaller, or \
                            the role's statement_timeout longer
                            """
                        ])
                }
            }
        }
        return isDone ?? false
    }

    /// A Kafka transaction holds whole chunks.
    private var chunkBytes: Int {
        let bytes = settings.memoryLimit / 8
        return settings.kafka.delivery == .exactlyOnce
            ? min(bytes, settings.kafka.exactlyOnce.maxTransactionBytes) : bytes
    }

    /// Tries again as long as ``RequestPatience`` does.
    ///
    /// - Parameter action: is given how many chunks were sent, and says how many are by now.
    /// - Returns: nil when it was stopped.
    private func patiently<Answer>(
        _ wakeup: Wakeup, isReading: Bool = false, _ action: (inout Int) throws(PostgresError) -> Answer
    ) throws(PipelineError) -> Answer? {
        var patience = RequestPatience(isReading: isReading)
        var progress = 0
        while true {
            do throws(PostgresError) {
                return try action(&progress)
            } catch {
                if error.kind == .interrupted { return nil }
                guard patience.decide(error, progress: progress, now: .now) == .retry else {
                    throw PipelineError(source: error)
                }
                logger.warning("\(error)", metadata: ["advice": "the requested snapshot goes on in 5 s"])
                if FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now + RequestPatience.pause).wakeup {
                    return nil
                }
            }
        }
    }
}
