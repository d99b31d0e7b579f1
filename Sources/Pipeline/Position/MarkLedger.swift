internal import ReplicationProtocol

/// Which transaction to mark in a position: the last one that it covers. In at-least-once positions are written when
/// their records are delivered, by which time the stream has gone on.
struct MarkLedger {
    private var marks: [(boundary: LSN, mark: TransactionMark)] = []
    /// Marked by the last position.
    private(set) var kept: TransactionMark?

    init(_ kept: TransactionMark? = nil) { self.kept = kept }

    /// Notes the last transaction below a boundary that batches have reached.
    mutating func note(_ mark: TransactionMark?, at boundary: LSN) {
        guard let mark, mark.commit > (marks.last?.mark ?? kept)?.commit ?? .zero else { return }
        marks.append((boundary, mark))
    }

    /// The mark for a position at `lsn`, which is not written before those of earlier ones.
    mutating func take(upTo lsn: LSN) -> TransactionMark? {
        if let last = marks.lastIndex(where: { $0.boundary <= lsn }) {
            kept = marks[last].mark
            marks.removeFirst(last + 1)
        }
        return kept
    }
}
