/// Whether this instance does what it is there for: streams, or could at any moment. Pure.
public struct Readiness: Hashable, Sendable {
    public var isReady: Bool
    /// One sentence, without a full stop.
    public var reason: String

    /// - Parameters:
    ///   - stalled: for how long nothing has been confirmed although the server was ahead.
    ///   - behind: by how many bytes of WAL it is ahead; nil where it is not known.
    ///   - maxStall: how long that may last.
    ///   - unpublished: the mapped tables that do not arrive; empty where that is nothing to fail for.
    public init(
        _ phase: PipelinePhase, slot: String, stalled: Duration, behind: UInt64?, maxStall: Duration,
        unpublished: [String] = []
    ) {
        switch phase {
        case .starting: self.init(false, "starting: PostgreSQL has not answered yet")
        case .waiting(let reason): self.init(false, "waiting: \(reason)")
        case .passive(let reason): self.init(true, "passive: \(reason)")
        case .opening:
            self.init(false, "the slot \(slot) is ours, but its position in Kafka could not be read so far")
        case .stopping: self.init(false, "stopping")
        case .streaming where stalled >= maxStall:
            let bytes = behind.map { " by \($0) bytes of WAL" } ?? ""
            self.init(
                false,
                "nothing has been confirmed for \(stalled.components.seconds) s although the server is ahead\(bytes)")
        case .streaming where !unpublished.isEmpty:
            let names = unpublished.prefix(5).joined(separator: ", ")
            let more = unpublished.count > 5 ? " and \(unpublished.count - 5) more" : ""
            self.init(false, "the publication does not send all that is mapped: \(names)\(more)")
        case .streaming: self.init(true, "streaming from slot \(slot)")
        }
    }

    private init(_ isReady: Bool, _ reason: String) {
        self.isReady = isReady
        self.reason = reason
    }
}
