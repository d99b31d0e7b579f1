internal import ReplicationProtocol

/// Watches, while the stream is skipped up to the position, whether it brings the transactions that the position marks.
///
/// LSNs cannot tell one history from another: a server that was restored from a backup gives the LSNs of lost
/// transactions to others.
struct HistoryCheck {
    /// What is said when the transactions do not come.
    let problem: PositionProblem
    let slot: String
    private let position: LSN
    /// The transactions that are still to come, in the order of their commits.
    private var awaited: [TransactionMark]

    /// - Returns: nil where nothing can be told: the position marks nothing, or the slot stands behind the mark, so that
    ///   the server does not send the marked transaction again.
    init?(_ position: SourcePosition, start: SlotStart) {
        awaited = []
        if let mark = PositionCheck.awaited(
            of: position, slotConfirmed: start.confirmedFlush, publication: start.publication)
        {
            awaited.append(mark)
            // A transaction that was cut comes with the same publication as the one before it.
            if let partial = position.partial, partial.finalLSN > mark.commit {
                awaited.append(
                    TransactionMark(xid: partial.xid, commit: partial.finalLSN, end: partial.finalLSN, time: nil))
            }
        }
        guard !awaited.isEmpty else { return nil }
        self.position = position.lsn
        slot = start.identity.slot
        problem = .otherHistory(from: start.confirmedFlush, to: position.lsn)
    }

    /// The transaction that is to come next; nil when everything has come.
    var missing: TransactionMark? { awaited.first }

    /// Notes that the server has the missing transaction, though it does not send it.
    mutating func found() { if !awaited.isEmpty { awaited.removeFirst() } }

    /// Whether everything has come.
    var isDone: Bool { awaited.isEmpty }

    /// Notes a transaction's Begin.
    ///
    /// - Returns: false where it shows that the server's history is another one.
    mutating func began(_ begin: Begin) -> Bool {
        guard let next = awaited.first else { return true }
        if next.matches(begin) {
            awaited.removeFirst()
            return true
        }
        return begin.finalLSN < next.commit
    }

    /// Notes that everything that was committed below `lsn` has come.
    ///
    /// - Returns: false where a marked transaction is missing.
    func reached(_ lsn: LSN) -> Bool {
        guard let next = awaited.first else { return true }
        return lsn <= max(next.end, next.commit)
    }
}
