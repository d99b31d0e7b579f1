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
        }
    }
}
