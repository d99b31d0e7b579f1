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
        do throws(PostgresError) {
            let connection = try Connection(settings.connectionParameters, interruptedBy: wakeup)
            // The stream waits meanwhile, and is not to wait for whoever rewrites the table.
            try connection.query(
                "SELECT set_config('lock_timeout', '2s', false) WHERE current_setting('lock_timeout') = '0'",
                to: "prepare the session")
            let requested = try RequestedTable.read(
                RelationName(request.table), condition: request.condition, settings, on: connection)
            let errors = RequestFindings.evaluate(settings, requested, connection.quoting)
                .filter { $0.severity == .error }
            guard errors.isEmpty else { return .refused(errors.map(\.message)) }
            return .leaves(
                (requested.snapshot.leaves ?? []).map(SnapshotLeaf.init), primaryKey: requested.table?.primaryKey ?? [])
        } catch {
            switch error.kind {
            // Anybody may ask, for anything. What the server has against it is no reason to end the stream, which would
            // have the same request again.
            case .refused, .unexpectedAnswer, .timedOut: return .refused([error.description])
            case .connectionLost, .unreachable, .interrupted: throw PipelineError(source: error)
            }
        }
    }

    func read(
        _ request: SnapshotRequest, _ leaves: [SnapshotLeaf], done: [UInt32], run: UInt64,
        into exchange: ChunkExchange, interruptedBy wakeup: Wakeup
    ) throws(PipelineError) -> Bool {
        var reader = RequestedSnapshotReader(
            parameters: settings.connectionParameters, slot: settings.cdc.slot.name, run: run, tables: leaves,
            done: done, condition: request.condition, chunkSize: settings.cdc.snapshot.chunkSize,
            chunkBytes: settings.memoryLimit / 8, exchange: exchange, wakeup: wakeup, logger: logger)
        while true {
            do throws(PostgresError) {
                return try reader.read()
            } catch {
                switch error.kind {
                case .interrupted: return false
                case .refused where error.sqlState == "57014" && reader.chunkSize > 1:
                    reader.chunkSize /= 2
                    logger.warning(
                        "\(error)",
                        metadata: [
                            "chunkSize": "\(reader.chunkSize)",
                            "advice": """
                            the requested snapshot goes on with smaller chunks; make cdc.snapshot.chunkSize smaller, or \
                            the role's statement_timeout longer
                            """,
                        ])
                case .refused
                where error.sqlState == "57014" || RecoveryPolicy.decide(PipelineError(source: error)) != .retry,
                    .unexpectedAnswer:
                    throw PipelineError(source: error)
                // Also what the server says when it ends a session, or when a lock cannot be had.
                case .refused, .connectionLost, .unreachable, .timedOut:
                    logger.warning("\(error)", metadata: ["advice": "the requested snapshot goes on in 5 s"])
                    if FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now + .seconds(5)).wakeup {
                        return false
                    }
                }
            }
        }
    }
}
