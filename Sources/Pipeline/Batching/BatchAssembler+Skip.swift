internal import ReplicationProtocol

/// Not sending again what is in Kafka already.
extension BatchAssembler {
    /// How many changes of a transaction are in Kafka already, from the first on.
    mutating func changesToSkip(of begin: Begin) -> UInt64 {
        guard let skip else { return 0 }
        // The position is a commit's end, and every commit begins before it ends.
        if begin.finalLSN < skip.sent { return .max }
        // WAL without transactions has moved the position on; a server that was set back there has given the place to others.
        if begin.finalLSN < skip.lsn { return 0 }
        if let partial = skip.partial {
            if partial.xid == begin.xid, partial.finalLSN == begin.finalLSN { return partial.changes }
            // An accepted gap can end inside of what was skipped; the cut transaction may come later.
            if begin.finalLSN < partial.finalLSN { return 0 }
        }
        self.skip = nil
        return 0
    }

    /// The transaction of which a part is in Kafka already, where the stream is at `lsn` and it is still to come: a keepalive,
    /// a snapshot or an accepted gap can move the position before its commit does.
    func cutTransaction(behind lsn: LSN) -> SourcePosition.Partial? {
        skip?.partial.flatMap { $0.finalLSN >= lsn ? $0 : nil }
    }

    /// Compares a transaction that begins with what the position marks.
    mutating func expectHistory(of begin: Begin) throws(PipelineError) {
        guard var check = historyCheck else { return }
        guard check.began(begin) else { throw .position(check.problem, slot: check.slot) }
        historyCheck = check.isDone ? nil : check
    }

    /// Everything below `lsn` has come: the marked transaction, too, unless the server does not have it.
    func expectHistory(upTo lsn: LSN) throws(PipelineError) {
        guard let check = historyCheck, !check.reached(lsn) else { return }
        throw .position(check.problem, slot: check.slot)
    }

    /// Whether a message is in Kafka already.
    func isKnown(_ message: LogicalMessage) -> Bool {
        if message.isTransactional { return ordinal < skippedChanges }
        return skip.map { message.lsn <= $0.lsn } ?? false
    }
}
