/// What the pipeline is doing, as far as it concerns those outside.
public enum PipelinePhase: Hashable, Sendable {
    /// No session has begun so far.
    case starting
    /// The last session failed; the next one begins after a pause.
    case waiting(reason: String)
    /// Another instance has the slot. PostgreSQL answers, so this one can take over.
    case passive(reason: String)
    /// The slot is ours and the stream has begun, but the position in Kafka is not compared with it yet.
    case opening
    /// Changes flow.
    case streaming
    /// A stop was asked for.
    case stopping

    /// One word for it.
    public var name: String {
        switch self {
        case .starting: "starting"
        case .waiting: "waiting"
        case .passive: "passive"
        case .opening: "opening"
        case .streaming: "streaming"
        case .stopping: "stopping"
        }
    }
}
