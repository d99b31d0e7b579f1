public import ReplicationProtocol

/// Changes may be missing, or may come again, between the position in Kafka and what the slot would send.
public enum PositionProblem: Hashable, Sendable, CustomStringConvertible {
    /// The slot stands beyond the position: it was recreated, or moved by somebody else.
    case gap(from: LSN, to: LSN, bytes: UInt64)
    /// The server's WAL ends before the position: it was restored from a backup, or a standby that lagged took over. New
    /// transactions get the LSNs of those that are lost, so skipping up to the position would skip them.
    case walBehind(position: LSN, current: LSN)
    /// The same, seen by a snapshot: rows in Kafka are of a time that this server has not seen.
    case walBehindSnapshot(point: LSN, current: LSN)
    /// A slot of this name and database has a position under another system identifier only: the server was replaced.
    case otherSystem(PipelineIdentity)
    /// A standby that lagged was promoted: its timeline branched off at `from`, before `to`, what Kafka has. The slot
    /// stands at `slot`.
    case parted(from: LSN, to: LSN, slot: LSN)
    /// The transaction that the position marks has not come by: the server's history between `from`, where the slot
    /// stands, and the position `to` is another one.
    case otherHistory(from: LSN, to: LSN)
    /// The server is on a timeline before the position's: an old primary that came back.
    case olderTimeline(position: UInt32, server: UInt32)

    public var description: String {
        switch self {
        case .gap(let from, let to, let bytes):
            "the slot stands beyond the position in Kafka: what was committed from \(from) to \(to) (\(bytes) bytes of "
                + "WAL) is not sent"
        case .walBehind(let position, let current):
            "the server's WAL ends at \(current), before the position in Kafka, \(position): the server is not the one "
                + "that was streamed from, or was set back by \(position.bytes(since: current)) bytes"
        case .walBehindSnapshot(let point, let current):
            "the server's WAL ends at \(current), before \(point), where a snapshot in Kafka was taken: the server is not "
                + "the one that was streamed from, or was set back by \(point.bytes(since: current)) bytes"
        case .otherSystem(let other):
            "slot \"\(other.slot)\" of database \"\(other.database)\" has a position in Kafka, but of another server, "
                + "with system identifier \(other.systemIdentifier)"
        case .parted(let from, let to, let slot):
            "the server's history parted from that of Kafka at \(from), before \(to), which Kafka has: what was committed "
                + "from \(from) to \(to) (\(to.bytes(since: from)) bytes of WAL) is in Kafka and not on this server, and "
                + "what this server has committed there would be skipped"
                + (slot > from
                    ? "; the slot stands at \(slot), and what was committed from \(from) on is not sent" : "")
        case .otherHistory(let from, let to):
            "the server's history parted from that of Kafka before the position, \(to): the last transaction in Kafka is "
                + "not on this server; between \(from) and \(to) (\(to.bytes(since: from)) bytes of WAL) Kafka has what the "
                + "server has not, and what the server has committed there would be skipped"
        case .olderTimeline(let position, let server):
            "the server is on timeline \(server), and the position in Kafka is on timeline \(position): the server is an "
                + "old primary that came back, or was restored from a backup of before the promotion"
        }
    }
}
