public import ReplicationProtocol
public import RowMapping

/// Why the pipeline cannot go on: facts only. ``RecoveryPolicy`` says what follows from them.
public enum PipelineError: Error, Sendable, CustomStringConvertible {
    /// PostgreSQL refused something or went away.
    case source(SourceFailure)
    /// What the checks before streaming found wrong.
    case unfit(SourceProblem)
    /// The position in Kafka and the slot do not fit together.
    case position(PositionProblem, slot: String)
    /// A row's or a pattern's topic is the state topic, which must hold nothing else.
    case topicKeepsPositions(String)
    /// The state topic holds what is no position under this pipeline's key.
    case unreadablePosition(StateRecordError, topic: String)
    /// Bytes that are not the protocol.
    case malformedStream(ProtocolError, at: LSN)
    /// A row of a snapshot that is not what was asked for.
    case malformedRow(String, table: TableName)
    /// Tables that a snapshot is to read and cannot.
    case unreadableTables([UnreadableTable])
    /// A snapshot was to be all, and was stopped before it was done.
    case snapshotStopped
    /// A change that the rules cannot turn into records.
    case mapping(MappingError, at: LSN)
    /// Kafka refused something for good.
    case sink(SinkFailure)
    /// `allowAutoTopicCreation: false`, and the topic is not there.
    case topicMissing(String)
    /// A clean stop took longer than `shutdownTimeout`.
    case stopTimedOut(undelivered: Int)
    /// The stop was asked for before the stream had begun.
    case stopped

    public var description: String {
        switch self {
        case .source(let failure): failure.description
        case .unfit(let problem): problem.description
        case .position(let problem, let slot): "could not go on with replication slot \"\(slot)\": \(problem)"
        case .topicKeepsPositions(let topic): "records would go to topic \"\(topic)\", which keeps the positions"
        case .unreadablePosition(let error, let topic): "could not read the position in topic \"\(topic)\": \(error)"
        case .malformedStream(let error, let lsn): "could not read the replication stream at \(lsn): \(error)"
        case .malformedRow(let reason, let table): "could not read a row of the table \(table): \(reason)"
        case .unreadableTables(let tables):
            "could not take the snapshot: " + tables.map(\.description).joined(separator: "; ")
        case .snapshotStopped: "stopped before the snapshot was done"
        case .mapping(let error, let lsn): "could not map the change at \(lsn): \(error)"
        case .sink(let failure) where failure.isFencing:
            "fenced: another instance produces for this slot (\(failure))"
        case .sink(let failure): failure.description
        case .topicMissing(let topic): "topic \"\(topic)\" does not exist"
        case .stopTimedOut(let undelivered):
            "could not stop cleanly in time: \(undelivered) records are undelivered and will be sent again"
        case .stopped: "stopped before streaming"
        }
    }
}
