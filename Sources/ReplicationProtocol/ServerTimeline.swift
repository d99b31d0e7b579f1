/// Which timeline a server writes, and how it came to it.
public struct ServerTimeline: Hashable, Sendable {
    /// As `IDENTIFY_SYSTEM` says: 1 on a new server, and a higher number after each promotion.
    public var id: UInt32
    /// The timelines before it; empty on timeline 1, nil where the server could not tell.
    public var history: TimelineHistory?
    /// Whether the server is a standby, whose timeline can become another one while it streams: it is promoted itself, or
    /// follows a server that was.
    public var mayChange = false

    public init(id: UInt32, history: TimelineHistory?) {
        self.id = id
        self.history = history
    }

    /// Where timeline `id` began; nil on timeline 1, and where the server could not tell.
    public var begin: LSN? { history?.ends.last?.end }
}

/// The timelines that a server has come through, as `TIMELINE_HISTORY` sends them.
/// <https://www.postgresql.org/docs/current/protocol-replication.html>
public struct TimelineHistory: Hashable, Sendable {
    /// A former timeline, and the LSN at which the next one branched off from it.
    public struct End: Hashable, Sendable {
        public var timeline: UInt32
        public var end: LSN

        public init(timeline: UInt32, end: LSN) {
            self.timeline = timeline
            self.end = end
        }
    }

    /// Oldest first.
    public var ends: [End]

    public init(ends: [End]) { self.ends = ends }

    /// Reads a history file: a line for each timeline, with its number, where it ended, and why.
    ///
    /// - Returns: nil where the text is no history.
    public init?(_ text: String) {
        ends = []
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = line.split(maxSplits: 2) { $0 == " " || $0 == "\t" }
            guard let first = fields.first, !first.hasPrefix("#") else { continue }
            guard fields.count >= 2, let timeline = UInt32(first), let end = LSN(fields[1]),
                timeline > ends.last?.timeline ?? 0, end >= ends.last?.end ?? .zero
            else { return nil }
            ends.append(End(timeline: timeline, end: end))
        }
    }

    /// Where the server left `timeline`; nil where it never was on it.
    public func end(of timeline: UInt32) -> LSN? { ends.first { $0.timeline == timeline }?.end }

    /// Where a former timeline began: at the end of the one before it; nil for the first.
    public func begin(of timeline: UInt32) -> LSN? { ends.last { $0.timeline < timeline }?.end }
}
