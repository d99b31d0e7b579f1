public import ReplicationProtocol

/// What the slot and its server said when the session took it.
public struct SlotStart: Hashable, Sendable {
    public var identity: PipelineIdentity
    /// What was confirmed last, by whoever had the slot.
    public var confirmedFlush: LSN
    /// The end of the server's WAL; nil where it is not known.
    public var current: LSN?

    public init(identity: PipelineIdentity, confirmedFlush: LSN, current: LSN? = nil) {
        self.identity = identity
        self.confirmedFlush = confirmedFlush
        self.current = current
    }
}
