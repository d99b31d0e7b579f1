import Pipeline
import Postgres
import ReplicationProtocol

/// A walsender connection before it streams.
final class PostgresSourceConnection: SourceConnection {
    private let connection: Connection
    private let server: ServerIdentity
    let publication: String
    private let slot: String
    private let pipeline: String?
    private let messages: Bool

    /// - Parameters:
    ///   - pipeline: the name that the file gives the pipeline; nil without one.
    ///   - messages: whether logical messages are to be streamed.
    init(
        _ connection: Connection, server: ServerIdentity, publication: String, slot: String, pipeline: String?,
        messages: Bool
    ) {
        self.connection = connection
        self.server = server
        self.publication = publication
        self.slot = slot
        self.pipeline = pipeline
        self.messages = messages
    }

    var identity: PipelineIdentity {
        // A replication connection always tells its server's.
        PipelineIdentity(
            systemIdentifier: server.systemIdentifier.map { "\($0)" } ?? "", database: server.database, slot: slot,
            pipeline: pipeline)
    }

    var senderTimeout: Duration? { server.walSenderTimeout }

    func checkSlot() throws(PipelineError) -> SlotAvailability {
        do {
            guard let state = try ReplicationSlotState.read(slot, on: connection) else {
                return .missing(
                    current: try ServerIdentity.read(on: connection).currentLSN,
                    others: try ReplicationSlotState.names(on: connection), onStandby: server.isInRecovery)
            }
            if let problem = SourceCheck.slot(state, server).first { throw PipelineError.unfit(problem) }
            if let loss = state.loss {
                return .lost(reason: loss, current: try ServerIdentity.read(on: connection).currentLSN)
            }
            if let holder = state.holder { return .active(pid: holder.pid) }
            let now = try ServerIdentity.read(on: connection)
            if try PublicationState.read(publication, on: connection) == nil {
                throw PipelineError.unfit(
                    SourceCheck.missingPublication(
                        publication, slot: state, called: slot, now,
                        others: try PublicationState.names(on: connection)))
            }
            return .free(
                confirmedFlush: state.confirmedFlush ?? .zero, current: now.currentLSN,
                timeline: try connection.timeline(isStandby: server.isInRecovery))
        } catch {
            throw PipelineError(source: error)
        }
    }

    func startReplication(from start: LSN) throws(PipelineError) -> any ChangeStream {
        do {
            return PostgresChangeStream(
                try ReplicationStream(
                    on: connection, slot: slot, publications: [publication], from: start, messages: messages))
        } catch {
            throw PipelineError(source: error)
        }
    }
}
