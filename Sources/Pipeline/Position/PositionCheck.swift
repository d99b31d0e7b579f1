public import ReplicationProtocol

/// Whether the position in Kafka and the slot fit together, at start and on every reconnect.
public enum PositionCheck {
    /// What to do with the stream.
    public enum Decision: Hashable, Sendable {
        /// There is no position: start where the slot stands.
        case first
        /// Skip what the position says is in Kafka already.
        case resume(skipTo: SourcePosition)
        /// End with the problem named.
        case stop(PositionProblem)
        /// Log the problem and go on where the slot stands, skipping what `skipTo` says, if anything.
        case accept(PositionProblem, skipTo: SourcePosition?)
    }

    /// - Parameters:
    ///   - timeline: the server's timeline and history; nil where the server does not tell.
    ///   - position: what the state topic holds for this pipeline.
    ///   - snapshotPoint: the last consistent point with which rows were read that the stream is not past yet; nil where
    ///     there is none.
    ///   - otherSystems: every identity that the state topic holds a position for and that differs in the system
    ///     identifier only.
    ///   - slotConfirmed: the slot's `confirmed_flush_lsn`, where the stream begins.
    ///   - current: where the server's WAL ends, asked after the position was read; nil where it is not known.
    public static func decide(
        position: SourcePosition?, snapshotPoint: LSN? = nil, otherSystems: [PipelineIdentity], slotConfirmed: LSN,
        current: LSN?, timeline: ServerTimeline? = nil, onGap: GapAction
    ) -> Decision {
        guard var position else {
            guard let other = otherSystems.first else { return .first }
            return answer(.otherSystem(other), skipTo: nil, onGap)
        }
        // Timelines first: they know where two histories parted, however long the server's WAL is by now.
        switch TimelineVerdict(of: position, on: timeline) {
        case .older(let server):
            // Never accepted: the new primary has the slot, too, and writes go there.
            return .stop(.olderTimeline(position: position.timeline ?? 0, server: server))
        case .branched(let branch):
            let snapshotEnd = snapshotPoint ?? .zero
            guard position.covered <= branch, snapshotEnd <= branch else {
                return answer(
                    .parted(from: branch, to: max(position.lsn, snapshotEnd), slot: slotConfirmed),
                    skipTo: SourcePosition(lsn: branch), onGap)
            }
            // No transaction of Kafka's lies beyond the branch; what the server has committed there is not skipped.
            position.lsn = min(position.lsn, branch)
        case .same, .unknown: break
        }
        // Before the gap: a server that was set back can have a slot on either side of the position.
        if let current, current < position.lsn {
            return answer(.walBehind(position: position.lsn, current: current), skipTo: nil, onGap)
        }
        // New changes would get LSNs below the point, and be taken for changes that the rows have.
        if let current, let snapshotPoint, current < snapshotPoint {
            return answer(.walBehindSnapshot(point: snapshotPoint, current: current), skipTo: nil, onGap)
        }
        guard slotConfirmed > position.lsn else { return .resume(skipTo: position) }
        // A transaction that was cut may still come: its commit may lie behind where the slot stands.
        return answer(
            .gap(from: position.lsn, to: slotConfirmed, bytes: slotConfirmed.bytes(since: position.lsn)),
            skipTo: position, onGap)
    }

    /// The transaction that the server must have, and will send before all others that are not skipped; nil where nothing
    /// can be told, since the position marks none, the slot stands beyond the mark, or another publication sent it.
    public static func awaited(
        of position: SourcePosition, slotConfirmed: LSN, publication: String
    ) -> TransactionMark? {
        // The server sends what was committed at or after the slot's place.
        position.mark.flatMap { $0.commit >= slotConfirmed && $0.publication == publication ? $0 : nil }
    }

    private static func answer(_ problem: PositionProblem, skipTo: SourcePosition?, _ onGap: GapAction) -> Decision {
        switch onGap {
        case .stop: .stop(problem)
        case .accept: .accept(problem, skipTo: skipTo)
        }
    }
}
