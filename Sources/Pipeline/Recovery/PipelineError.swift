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
    /// A row's or a pattern's topic is one that the configuration's `key` wants for something else.
    case topicTaken(String, key: String)
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
    /// One record that Kafka does not take, and whose rule says stop.
    case refused(RefusedRecord)
    /// The topic of the positions is gone.
    case stateTopicMissing(String, SinkFailure)
    /// The brokers have ended a Kafka transaction that was open for longer than its time-out. Or somebody else has taken
    /// over meanwhile: the client sees the same.
    case transactionExpired(SinkFailure, open: Duration, timeout: Duration)
    /// `allowAutoTopicCreation: false`, and the topic is not there.
    case topicMissing(String)
    /// A topic is not there, and the brokers, asked for it by name, do not create it.
    case topicNotCreated(String)
    /// A clean stop took longer than `shutdownTimeout`.
    case stopTimedOut(undelivered: Int)
    /// The stop was asked for before the stream had begun.
    case stopped

    public var description: String {
        switch self {
        case .source(let failure): failure.description
        case .unfit(let problem): problem.description
        case .position(let problem, let slot): "could not go on with replication slot \"\(slot)\": \(problem)"
        case .topicTaken(let topic, let key): "rows would go to topic \"\(topic)\", which is for \(key) alone"
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
        case .refused(let record): record.description
        case .stateTopicMissing(let topic, let failure):
            "could not keep the position in topic \"\(topic)\": the topic does not exist any more (\(failure))"
        case .transactionExpired(let failure, let open, let timeout):
            "the Kafka transaction was open for \(open), longer than its time-out, \(timeout), so the brokers have taken "
                + "it back (\(failure))"
        case .topicMissing(let topic): "topic \"\(topic)\" does not exist"
        case .topicNotCreated(let topic): "topic \"\(topic)\" does not exist, and the brokers do not create it"
        case .stopTimedOut(let undelivered):
            "could not stop cleanly in time: \(undelivered) records are undelivered and will be sent again"
        case .stopped: "stopped before streaming"
        }
    }
}

extension PipelineError {
    /// What follows from a failure of a position's record: of the topic `stateTopic` it matters more that it is gone.
    public init(stateTopic: String?, _ failure: SinkFailure) {
        if let stateTopic, failure.isMissingTopic {
            self = .stateTopicMissing(stateTopic, failure)
        } else {
            self = .sink(failure)
        }
    }
}

extension PipelineError {
    /// What follows from a change that its rule does not let pass over.
    init(_ error: MappingError, at lsn: LSN) {
        // Every row of that topic fails until somebody creates it, and that is the better advice.
        if case .missingTopicOfRow(let name, _) = error {
            self = .topicMissing(name)
        } else {
            self = .mapping(error, at: lsn)
        }
    }

    /// Whether a failure that came up while a request for a snapshot was followed ends the request and not the session:
    /// what the server or the rules refuse for this table is no reason to stop the stream.
    var isOfRequest: Bool {
        switch self {
        case .mapping, .malformedRow, .unreadableTables, .topicMissing, .topicNotCreated, .topicTaken: true
        // The server answered; a connection that is lost has no SQLSTATE, or one of its classes 08 and 57.
        case .source(let failure):
            failure.sqlState.map { !$0.hasPrefix("08") && !$0.hasPrefix("57P") } ?? false
        case .sink(let failure):
            if case .stop = RecoveryPolicy.decide(self) { !failure.isFencing } else { false }
        // Its record is on its way by then, and its rule says stop.
        case .refused: false
        case .unfit, .position, .unreadablePosition, .malformedStream, .snapshotStopped, .stateTopicMissing,
            .transactionExpired, .stopTimedOut, .stopped:
            false
        }
    }
}
