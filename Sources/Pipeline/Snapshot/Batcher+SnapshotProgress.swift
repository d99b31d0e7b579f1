internal import LinuxSupport
internal import Logging
internal import Observability
internal import ReplicationProtocol

/// What stands in the state topic of a snapshot: written with its rows, read at the next start.
extension Batcher {
    /// Reads what stands in the state topic of a snapshot that the stream is not past.
    func readSnapshotProgress() async throws(PipelineError) {
        guard let stage = snapshotStage, stage.state != .finished else { return }
        let known = try await untilKafkaAnswers { () async throws(PipelineError) in
            try await self.sink.snapshotProgress(of: self.start.identity)
        }
        settled = SnapshotLedger(run: stage.run, known: known)
    }

    var isCommitDue: Bool {
        guard let transaction else { return false }
        return transaction.bytes >= plan.maxTransactionBytes
            || ContinuousClock.now >= transaction.opened + SnapshotPlan.progressInterval
    }

    /// Writes what is delivered, at most once an interval; in exactly-once the rows are committed with it.
    func keepProgress(_ ledger: inout SnapshotLedger) async throws(PipelineError) {
        switch plan.delivery {
        case .exactlyOnce:
            guard let opened = transaction?.opened else { return }
            if isCommitDue {
                try await commitRows(&ledger)
            } else {
                ticker.start(until: opened + SnapshotPlan.progressInterval)
            }
        case .atLeastOnce:
            let due = snapshotKeptAt.map { $0 + SnapshotPlan.progressInterval } ?? .now
            guard ContinuousClock.now >= due else { return ticker.start(until: due) }
            ledger.wereDelivered(before: session.checkpoint.oldestOpen)
            try await writeProgress(&ledger)
        }
    }

    /// Waits until everything is delivered and writes that down.
    func settleProgress(
        _ ledger: inout SnapshotLedger, finishing leaves: [SnapshotLeaf], at point: LSN
    ) async throws(PipelineError) {
        if plan.delivery == .atLeastOnce { try await session.checkpoint.wait { records, _ in records == 0 } }
        ledger.wereDelivered(before: nil)
        let missing = ledger.missing(leaves)
        for (leaf, pages) in zip(leaves, missing) where pages.isEmpty { ledger.finish(leaf, at: point) }
        switch plan.delivery {
        case .exactlyOnce: try await commitRows(&ledger)
        case .atLeastOnce:
            try await writeProgress(&ledger)
            try await session.checkpoint.wait { records, _ in records == 0 }
        }
    }

    /// Ends for this session.
    ///
    /// - Parameter betweenChunks: otherwise some chunks are sent in part, and read again at the next start; in exactly-once
    ///   what was sent of them is taken back.
    func leave(_ ledger: inout SnapshotLedger, betweenChunks: Bool) async throws(PipelineError) {
        if betweenChunks || plan.delivery == .atLeastOnce {
            return try await settleProgress(&ledger, finishing: [], at: .zero)
        }
        // What the client still has would be reported as failed.
        try await session.checkpoint.wait { records, _ in records == 0 }
        await sink.abortTransaction()
        transaction = nil
    }

    private func commitRows(_ ledger: inout SnapshotLedger) async throws(PipelineError) {
        ledger.wereDelivered(before: nil)
        try beginTransaction(bytes: 0)
        try await writeProgress(&ledger)
        try await commit()
    }

    func writeProgress(_ ledger: inout SnapshotLedger) async throws(PipelineError) {
        #if FAILPOINTS
            Failpoint.beforeSnapshotProgress.reach()
        #endif
        let changed = ledger.takeChanged()
        // Nothing is confirmed meanwhile, and all the same this is no standstill.
        if !changed.isEmpty { metrics.lag.noteProgress() }
        for progress in changed {
            try await sendState(key: progress.key(of: start.identity), value: progress.json, confirmable: nil)
        }
        snapshotKeptAt = .now
        snapshotDisplay?.show(ledger, now: .now, logger)
        #if FAILPOINTS
            Failpoint.afterSnapshotProgress.reach()
        #endif
    }

    /// Writes that all is read; until the stream is past the snapshots that were read, their points stay known.
    func finishSnapshot(_ ledger: SnapshotLedger) async throws(PipelineError) {
        snapshotStage?.state = .settling
        settled = ledger
        try await write(SourcePosition(lsn: boundary))
    }

    /// Adds to a position what else is to be known at its LSN: of a transaction that was cut and is yet to come again, and how
    /// far the snapshot is, with which it may be past the last thing to be known of it.
    func stamped(_ position: SourcePosition) -> SourcePosition {
        if let ledger = settled, snapshotStage?.state == .settling,
            position.lsn >= ledger.settled || snapshotPlan.mode == .only
        {
            snapshotStage?.state = .finished
        }
        var position = position
        if position.partial == nil { position.partial = assembler.cutTransaction(behind: position.lsn) }
        position.snapshot = snapshotStage
        // Their rows are part of the Kafka transaction that the position is.
        if plan.delivery == .exactlyOnce { requests.wereDelivered(before: nil) }
        position.requests = requests.all
        position.timeline = start.settledTimeline?.id
        position.timelineBegin = start.settledTimeline?.begin
        position.mark = marks.take(upTo: position.lsn)
        if position.mark?.publication == "" { position.mark?.publication = start.publication }
        return position
    }

    /// Forgets what stands of the tables, once a position says that nothing needs to be known of them.
    func forgetProgress() async throws(PipelineError) {
        guard snapshotStage?.state == .finished, let ledger = settled else { return }
        settled = nil
        for progress in ledger.tables.values {
            try await sendState(key: progress.key(of: start.identity), value: nil, confirmable: nil)
        }
    }
}
