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
        let tables = try patiently(wakeup) { () throws(PostgresError) in
            let connection = try Connection(settings.connectionParameters, interruptedBy: wakeup)
            // Other requests wait behind this one, and are not to wait for whoever rewrites its table.
            try connection.query(
                "SELECT set_config('lock_timeout', '2s', false) WHERE current_setting('lock_timeout') = '0'",
                to: "prepare the session")
            let requested = try RequestedTable.read(
                RelationName(request.table), condition: request.condition, settings, on: connection)
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
            from: starts, condition: request.condition, chunkSize: settings.cdc.snapshot.chunkSize,
            chunkBytes: chunkBytes, maxRate: settings.cdc.snapshot.maxRate, exchange: exchange, wakeup: wakeup,
            logger: logger)
        let isDone = try patiently(wakeup, isReading: true) { () throws(PostgresError) in
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

    /// Tries again while the server cannot be reached.
    ///
    /// - Parameter isReading: then also when a lock cannot be had, or a setting ends a transaction. Before, that refuses
    ///   the request: others wait behind it.
    /// - Returns: nil when it was stopped.
    private func patiently<Answer>(
        _ wakeup: Wakeup, isReading: Bool = false, _ action: () throws(PostgresError) -> Answer
    ) throws(PipelineError) -> Answer? {
        while true {
            do throws(PostgresError) {
                return try action()
            } catch {
                switch error.kind {
                case .interrupted: return nil
                case .refused
                where error.sqlState == "57014" || !(isReading || error.isOfSession)
                    || RecoveryPolicy.decide(PipelineError(source: error)) != .retry,
                    .unexpectedAnswer:
                    throw PipelineError(source: error)
                case .refused, .connectionLost, .unreachable, .timedOut:
                    logger.warning("\(error)", metadata: ["advice": "the requested snapshot goes on in 5 s"])
                    if FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now + .seconds(5)).wakeup {
                        return nil
                    }
                }
            }
        }
    }
}
