public import ReplicationProtocol

/// What the slot and its server said when the session took it.
public struct SlotStart: Hashable, Sendable {
    public var identity: PipelineIdentity
    /// What was confirmed last, by whoever had the slot.
    public var confirmedFlush: LSN
    /// The end of the server's WAL; nil where it is not known.
    public var current: LSN?
    /// nil where the server does not tell.
    public var timeline: ServerTimeline?
    /// The publication that changes are sent for.
    public var publication: String

    /// The timeline that positions of this session are known to be of; nil where it can change meanwhile, or the server
    /// does not tell.
    var settledTimeline: ServerTimeline? { timeline.flatMap { $0.mayChange ? nil : $0 } }

    /// Where to stream from, for a process that has had `confirmed` confirmed before.
    ///
    /// That may be more than the slot knows, since a server that crashed can forget the last confirmation. Beyond the end
    /// of the WAL it is of a time that this server has not seen: it was set back, and would send nothing up to there.
    public func begin(after confirmed: LSN) -> LSN {
        if let current, confirmed > current { return confirmedFlush }
        return max(confirmed, confirmedFlush)
    }

    public init(
        identity: PipelineIdentity, confirmedFlush: LSN, current: LSN? = nil, timeline: ServerTimeline? = nil,
        publication: String = ""
    ) {
        self.identity = identity
        self.confirmedFlush = confirmedFlush
        self.current = current
        self.timeline = timeline
        self.publication = publication
    }
}
