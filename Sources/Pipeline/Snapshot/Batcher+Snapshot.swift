internal import LinuxSupport
internal import Logging
internal import Observability
internal import ReplicationProtocol
internal import RowMapping
internal import Synchronization

/// Sending the rows that were there before the first change.
extension Batcher {
    /// Takes the snapshot that is to be taken, or goes on with it where the last session ended.
    ///
    /// The stream waits meanwhile: the reader keeps the slot and feeds the server back, and reads on afterwards. Returns
    /// early when a stop was asked for.
    func takeSnapshot() async throws(PipelineError) {
        guard let stage = snapshotStage, stage.state != .finished else { return }
        if stage.state == .running, snapshotPlan.mode == .never || snapshots == nil {
            logger.warning(
                "a snapshot was begun and is not done",
                metadata: ["advice": "set cdc.snapshot.mode: initial again to go on with it"])
            return
        }
        var ledger = SnapshotLedger(run: stage.run, known: try await readSnapshotProgress())
        if stage.state == .running, let source = snapshots {
            let begun = ContinuousClock.now
            snapshotDisplay = SnapshotDisplay(area: statusArea, metrics: metrics.snapshot, now: begun)
            defer { snapshotDisplay?.end() }
            var isFirst = true
            while try await runStretch(of: source, &ledger, isFirst: isFirst) { isFirst = false }
            if session.handoff.isStopRequested { return }
            try await finishSnapshot(ledger)
            logger.notice(
                "the snapshot is done",
                metadata: [
                    "tables": "\(ledger.tables.count)", "rows": "\(ledger.tables.values.reduce(0) { $0 + $1.rows })",
                    "duration": "\(begun.duration(to: .now))",
                ])
        }
        assembler.thresholds = ledger.thresholds
        settled = ledger
    }

    /// Only for a snapshot without a stream: what a position is otherwise read for.
    func resumeSnapshot() async throws(PipelineError) {
        guard let name = plan.stateTopic else { preconditionFailure("a snapshot's progress is kept") }
        let known = try await readPosition()
        stateTopic = try await sink.openTopic(name)
        if let stage = known.position?.snapshot, stage.state == .running {
            snapshotStage = stage
            logger.notice("going on with the snapshot that was begun", metadata: ["state_topic": "\(name)"])
        } else {
            beginSnapshot()
            try await write(SourcePosition(lsn: .zero))
        }
    }

    /// From now on a snapshot is to be taken; the position says so with its next record.
    func beginSnapshot() { snapshotStage = SnapshotStage(run: .random(in: 1...(.max)), state: .running) }

    /// What a snapshot has read before an accepted gap lacks the changes in it: it begins anew. One that is done keeps its
    /// points, unless the server was set back, and has other changes at their LSNs.
    func forgetSnapshot(behind problem: PositionProblem) {
        switch (snapshotStage?.state, problem) {
        case (.running, _): beginSnapshot()
        case (.settling, .walBehind): snapshotStage?.state = .finished
        case (.settling, .gap), (.settling, .otherSystem), (.finished, _), (nil, _): break
        }
    }

    private func readSnapshotProgress() async throws(PipelineError) -> [LeafProgress] {
        try await untilKafkaAnswers { () async throws(PipelineError) in
            try await self.sink.snapshotProgress(of: self.start.identity)
        }
    }

    // MARK: One exported snapshot

    /// Reads what is missing, as far as one exported snapshot goes.
    ///
    /// - Returns: whether more is missing, and no stop was asked for.
    private func runStretch(
        of source: any SnapshotSource, _ ledger: inout SnapshotLedger, isFirst: Bool
    ) async throws(PipelineError) -> Bool {
        let exchange = SnapshotExchange(
            workers: snapshotPlan.parallelism, batchCapacity: assembler.limits.bytes + SnapshotWorker.overrun)
        session.attach(exchange)
        defer { session.attach(nil) }
        // No stream brings the rows that have moved since the last snapshot to pages that were read with it.
        if snapshotPlan.mode == .only { ledger.forgetUnfinished() }
        do throws(PipelineError) {
            // Another session may have begun with tables that are gone by now.
            let before = try await leaves(of: source, exchange, isFirst: isFirst && ledger.tables.isEmpty)
            for table in ledger.finishGone(before) {
                logger.notice(
                    "a table is gone since its snapshot began; it counts as done", metadata: ["table": "\(table)"])
            }
            if ledger.missing(before).allSatisfy(\.isEmpty), !isFirst || !ledger.tables.isEmpty {
                try await settleProgress(&ledger, finishing: before, at: .zero)
                return false
            }
            let export = try await export(from: source, exchange)
            defer { export.close() }
            // As they are now: the snapshot sees nothing behind their last page.
            let leaves = try await leaves(of: source, exchange, isFirst: false)
            let missing = ledger.missing(leaves)
            let stretch = SnapshotStretch(
                leaves: leaves, plans: try await installPlans(leaves), missing: missing, export: export,
                plan: snapshotPlan)
            logger.notice(
                isFirst ? "taking the snapshot" : "going on with the snapshot, with another consistent point",
                metadata: [
                    "tables": "\(missing.count { !$0.isEmpty })", "lsn": "\(export.consistentPoint)",
                    "rows_estimated": "\(leaves.reduce(0) { $0 + ($1.estimatedRows ?? 0) })",
                    "bytes": "\(leaves.reduce(0) { $0 + $1.byteCount })",
                ])
            snapshotDisplay?.begin(leaves, ledger, chunks: stretch.chunkCount, now: .now)
            try await work(on: stretch, exchange, source, missing, &ledger)
            if session.handoff.isStopRequested {
                try await settleProgress(&ledger, finishing: [], at: .zero)
                return false
            }
            let rewritten = stretch.rewritten
            let done = leaves.indices.filter { !rewritten.contains($0) }.map { leaves[$0] }
            try await settleProgress(&ledger, finishing: done, at: export.consistentPoint)
            return !rewritten.isEmpty || !ledger.missing(leaves).allSatisfy(\.isEmpty)
        } catch {
            if let failure = session.checkpoint.failure { throw failure }
            if case .stopped = error, session.handoff.isStopRequested { return false }
            throw error
        }
    }

    private func leaves(
        of source: any SnapshotSource, _ exchange: SnapshotExchange, isFirst: Bool
    ) async throws(PipelineError) -> [SnapshotLeaf] {
        try await DedicatedThread.run(name: "pg-snapshot") { () throws(PipelineError) in
            try source.leaves(isFirst: isFirst, interruptedBy: exchange.interrupt)
        }
    }

    private func export(
        from source: any SnapshotSource, _ exchange: SnapshotExchange
    ) async throws(PipelineError) -> any SnapshotExport {
        let logger = logger
        return try await DedicatedThread.run(name: "pg-snapshot") { () throws(PipelineError) in
            try source.export(interruptedBy: exchange.interrupt) { waited in
                logger.notice(
                    "the snapshot waits for transactions that are running", metadata: ["waited": "\(waited)"])
            }
        }
    }

    /// The plans of the leaves' rows, by which the stream's changes are mapped too.
    private func installPlans(_ leaves: [SnapshotLeaf]) async throws(PipelineError) -> [RowPlan] {
        var plans: [RowPlan] = []
        for leaf in leaves {
            if assembler.installed(leaf.relation) != leaf.relation { try await install(leaf.relation) }
            guard let plan = assembler.tables[assembler.number(of: leaf.relation)].plan else {
                throw .unreadableTables([UnreadableTable(leaf.name, .notMapped)])
            }
            plans.append(plan)
        }
        // Shapes go before rows.
        try await flush()
        return plans
    }

    /// Has the workers read, and sends what they have read, until they have ended.
    private func work(
        on stretch: SnapshotStretch, _ exchange: SnapshotExchange, _ source: any SnapshotSource,
        _ missing: [[Range<UInt32>]], _ ledger: inout SnapshotLedger
    ) async throws(PipelineError) {
        let limits = assembler.limits
        let deadLetter = assembler.deadLetter
        let workers = (0..<snapshotPlan.parallelism).map { number in
            Task {
                await DedicatedThread.run(name: "pg-snapshot-\(number)") {
                    do throws(PipelineError) {
                        var worker = SnapshotWorker(
                            number, of: stretch, exchange, limits: limits, deadLetter: deadLetter)
                        try worker.run(source)
                    } catch {
                        exchange.end(with: error)
                    }
                    exchange.workerEnded()
                }
            }
        }
        var result = Result<Void, PipelineError>.success(())
        do throws(PipelineError) {
            try await send(from: exchange, stretch, missing, &ledger)
        } catch {
            exchange.end(with: error)
            result = .failure(error)
        }
        for worker in workers { await worker.value }
        try result.get()
    }

    private func send(
        from exchange: SnapshotExchange, _ stretch: SnapshotStretch, _ missing: [[Range<UInt32>]],
        _ ledger: inout SnapshotLedger
    ) async throws(PipelineError) {
        // Workers in the middle of a page. Their next batches go first where a Kafka transaction is to end, which holds
        // whole pages.
        var unfinished: Set<Int> = []
        while let news = try await exchange.next(of: isCommitDue && !unfinished.isEmpty ? unfinished : nil) {
            switch news {
            case .topic(let name):
                try await open(topic: name)
                exchange.open(topic: name, number: try await sink.openTopic(name))
            case .tick: break
            case .batch(let batch):
                let isWhole = try await send(batch, stretch, missing, &ledger)
                if isWhole { unfinished.remove(batch.worker) } else { unfinished.insert(batch.worker) }
                exchange.giveBack(batch)
            }
            if unfinished.isEmpty || plan.delivery == .atLeastOnce { try await keepProgress(&ledger) }
        }
    }

    /// Sends a batch of rows.
    ///
    /// - Returns: whether it ends with a whole page.
    private func send(
        _ batch: SnapshotBatch, _ stretch: SnapshotStretch, _ missing: [[Range<UInt32>]],
        _ ledger: inout SnapshotLedger
    ) async throws(PipelineError) -> Bool {
        let bytes = batch.content.withLock { $0.records.byteCount }
        let (index, pages, rows, failures) = batch.content.withLock { content in
            swap(&content.records, &assembler.batch)
            if content.endsChunk { metrics.snapshot.chunksDone.increment() }
            return (content.leaf, content.pages, content.rows, content.failures)
        }
        let leaf = stretch.leaves[index]
        try await begin(index, stretch, missing, &ledger)
        assembler.note(failures, of: Int(stretch.plans[index].number), rows: rows)
        // A batch without records is done when those before it are.
        let number = try await flush() ?? session.checkpoint.open(records: 0, bytes: 0, confirmable: nil)
        ledger.wasSent(number, of: leaf.table, pages: pages, rows: rows, bytes: bytes)
        metrics.snapshot.rows.increment(by: rows)
        metrics.snapshot.bytes.increment(by: UInt64(bytes))
        batch.content.withLock { content in swap(&content.records, &assembler.batch) }
        #if FAILPOINTS
            Failpoint.afterSnapshotBatch.reach()
        #endif
        return pages != nil
    }

    /// Has it written, before the first row of a leaf is sent, at which point that was read. Rows of which nobody knows
    /// would be ghosts if they were deleted before the next start.
    private func begin(
        _ index: Int, _ stretch: SnapshotStretch, _ missing: [[Range<UInt32>]], _ ledger: inout SnapshotLedger
    ) async throws(PipelineError) {
        let point = stretch.export.consistentPoint
        guard ledger.begin(stretch.leaves[index], at: point) else { return }
        // In exactly-once it goes with the rows.
        if plan.delivery == .exactlyOnce { return }
        // Others follow soon, and each would have to be waited for.
        for next in stretch.leaves.indices.dropFirst(index + 1).prefix(Self.begunAtOnce) where !missing[next].isEmpty {
            _ = ledger.begin(stretch.leaves[next], at: point)
        }
        // Room for it: the batch at hand is not sent yet, and stays where it is.
        try await writeProgress(&ledger)
        try await session.checkpoint.wait { records, _ in records == 0 }
    }

    /// So many that a database of thousands of small tables does not wait for Kafka at each.
    private static let begunAtOnce = 64

    // MARK: Progress

    private var isCommitDue: Bool {
        guard let transaction else { return false }
        return transaction.bytes >= plan.maxTransactionBytes
            || ContinuousClock.now >= transaction.opened + SnapshotPlan.progressInterval
    }

    /// Writes what is delivered, at most once an interval; in exactly-once the rows are committed with it.
    private func keepProgress(_ ledger: inout SnapshotLedger) async throws(PipelineError) {
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
    private func settleProgress(
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

    private func commitRows(_ ledger: inout SnapshotLedger) async throws(PipelineError) {
        ledger.wereDelivered(before: nil)
        try beginTransaction(bytes: 0)
        try await writeProgress(&ledger)
        try await commit()
    }

    private func writeProgress(_ ledger: inout SnapshotLedger) async throws(PipelineError) {
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
    private func finishSnapshot(_ ledger: SnapshotLedger) async throws(PipelineError) {
        snapshotStage?.state = .settling
        settled = ledger
        try await write(SourcePosition(lsn: boundary))
    }

    /// Adds to a position how far the snapshot is, with which it may be past the last thing to be known of it.
    func stamped(_ position: SourcePosition) -> SourcePosition {
        if let ledger = settled, snapshotStage?.state == .settling,
            position.lsn >= ledger.settled || snapshotPlan.mode == .only
        {
            snapshotStage?.state = .finished
        }
        var position = position
        position.snapshot = snapshotStage
        position.requests = requests
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
