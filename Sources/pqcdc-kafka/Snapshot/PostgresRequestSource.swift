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
    let logger: Logger

    func tables(
        of request: SnapshotRequest, interruptedBy wakeup: Wakeup
    ) throws(PipelineError) -> RequestedTables {
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
                case .connectionLost, .unreachable, .timedOut:
                    logger.warning("\(error)", metadata: ["advice": "the requested snapshot goes on in 5 s"])
                    if FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now + .seconds(5)).wakeup {
                        return false
                    }
                case .refused, .unexpectedAnswer: throw PipelineError(source: error)
                }
            }
        }
    }
}
