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
        // That of an earlier run does not count.
        var ledger = SnapshotLedger(run: stage.run, known: settled.map { Array($0.tables.values) } ?? [])
        if stage.state == .running, snapshotPlan.mode == .never || snapshots == nil {
            logger.warning(
                "a snapshot was begun and is not done",
                metadata: ["advice": "set cdc.snapshot.mode: initial again to go on with it"])
            assembler.thresholds = ledger.thresholdsWhilePutOff
            return
        }
        if stage.state == .running, let source = snapshots {
            let begun = ContinuousClock.now
            snapshotDisplay = SnapshotDisplay(
                area: statusArea, metrics: metrics.snapshot, slot: metrics.slot, now: begun)
            defer { snapshotDisplay?.end() }
            var isFirst = true
            while try await runStretch(of: source, &ledger, isFirst: isFirst) { isFirst = false }
            if session.handoff.isStopRequested { return }
            try await finishSnapshot(ledger)
            logger.notice(
                "the snapshot is done",
                metadata: [
                    "tables": .stringConvertible(ledger.tables.count),
                    "rows": .stringConvertible(ledger.tables.values.reduce(0) { $0 + $1.rows }),
                    "duration": .stringConvertible(begun.duration(to: .now)),
                ])
        }
        assembler.thresholds = ledger.thresholds
        assembler.formerThresholds = ledger.formerThresholds
        settled = ledger
    }

    /// Only for a snapshot without a stream: what a position is otherwise read for.
    func resumeSnapshot() async throws(PipelineError) {
        guard let name = plan.stateTopic else { preconditionFailure("a snapshot's progress is kept") }
        let known = try await readPosition()
        stateTopic = try await sink.openTopic(name)
        if let stage = known.position?.snapshot, stage.state == .running {
            snapshotStage = stage
            try await readSnapshotProgress()
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
        case (.settling, .walBehind), (.settling, .walBehindSnapshot), (.settling, .parted), (.settling, .otherHistory),
            (.settling, .olderTimeline):
            snapshotStage?.state = .finished
        case (.settling, .gap), (.settling, .otherSystem), (.finished, _), (nil, _): break
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
                    "a table is gone, or not sent any more, since its snapshot began; it counts as done",
                    metadata: ["table": "\(table)"])
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
                isFirst && before.allSatisfy { ledger.tables[$0.table] == nil }
                    ? "taking the snapshot" : "going on with the snapshot, with another consistent point",
                metadata: [
                    "tables": .stringConvertible(missing.count { !$0.isEmpty }), "lsn": "\(export.consistentPoint)",
                    "rows_estimated": "\(leaves.reduce(0) { $0 + ($1.estimatedRows ?? 0) })",
                    "bytes": .stringConvertible(leaves.reduce(0) { $0 + $1.byteCount }),
                ])
            snapshotDisplay?.begin(leaves, ledger, chunks: stretch.chunkCount, now: .now)
            let isWhole = try await work(on: stretch, exchange, source, missing, &ledger)
            if session.handoff.isStopRequested {
                try await leave(&ledger, betweenChunks: isWhole)
                return false
            }
            let rewritten = stretch.rewritten
            let done = leaves.indices.filter { !rewritten.contains($0) }.map { leaves[$0] }
            try await settleProgress(&ledger, finishing: done, at: export.consistentPoint)
            let isMore = !ledger.missing(done).allSatisfy(\.isEmpty)
            sayWhyMore(stretch, outOfTime: isMore)
            return isMore || !rewritten.isEmpty
        } catch {
            if let failure = session.checkpoint.failure { throw failure }
            if case .stopped = error, session.handoff.isStopRequested { return false }
            throw error
        }
    }

    private func sayWhyMore(_ stretch: SnapshotStretch, outOfTime: Bool) {
        if outOfTime {
            let advice: Logger.MetadataValue =
                """
                vacuum removes nothing while one is open; where it may wait for longer, raise \
                cdc.snapshot.maxTransactionDuration, and the role's transaction_timeout
                """
            logger.notice(
                "the snapshot's transactions have been open for as long as they may; others read the rest",
                metadata: ["limit": .stringConvertible(stretch.limit), "advice": advice])
        }
        let rewritten = stretch.rewritten.sorted().map { "\(stretch.leaves[$0].table)" }
        if !rewritten.isEmpty {
            logger.notice(
                "tables were altered or rewritten since the snapshot was planned; they are read with another one",
                metadata: ["names": "\(rewritten.joined(separator: ", "))"])
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
            try source.export(interruptedBy: exchange.interrupt) { waited, blockers in
                logger.warning(
                    "the snapshot waits for transactions that are open",
                    metadata: [
                        "waited": .stringConvertible(Duration.seconds(waited.components.seconds)),
                        "transactions": "\(blockers.joined(separator: "; "))",
                        "advice": """
                        end them, or wait until they end; a prepared one by COMMIT PREPARED or ROLLBACK PREPARED in its \
                        database
                        """,
                    ])
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
    ///
    /// - Returns: whether every chunk that was begun is sent to its end.
    private func work(
        on stretch: SnapshotStretch, _ exchange: SnapshotExchange, _ source: any SnapshotSource,
        _ missing: [[Range<UInt32>]], _ ledger: inout SnapshotLedger
    ) async throws(PipelineError) -> Bool {
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
        let result: Result<Bool, PipelineError>
        do throws(PipelineError) {
            result = .success(try await send(from: exchange, stretch, missing, &ledger))
        } catch {
            exchange.end(with: error)
            result = .failure(error)
        }
        for worker in workers { await worker.value }
        return try result.get()
    }

    private func send(
        from exchange: SnapshotExchange, _ stretch: SnapshotStretch, _ missing: [[Range<UInt32>]],
        _ ledger: inout SnapshotLedger
    ) async throws(PipelineError) -> Bool {
        // Workers in the middle of a chunk. Their next batches go first where a Kafka transaction is to end, which holds
        // whole chunks.
        var unfinished: Set<Int> = []
        while let news = try await exchange.next(of: isCommitDue && !unfinished.isEmpty ? unfinished : nil) {
            switch news {
            case .topic(let name):
                exchange.answer(topic: name, try await open(topic: name))
            case .tick: break
            case .batch(let batch):
                let isWhole = try await send(batch, stretch, missing, &ledger)
                if isWhole { unfinished.remove(batch.worker) } else { unfinished.insert(batch.worker) }
                exchange.giveBack(batch)
            }
            if unfinished.isEmpty || plan.delivery == .atLeastOnce { try await keepProgress(&ledger) }
            if snapshotPlan.mode == .only, stretch.isNewlyLongerThan(snapshotPlan.maxTransactionDuration) {
                let missing = zip(stretch.leaves, ledger.missing(stretch.leaves)).filter { !$0.1.isEmpty }
                stretch.warn(beyond: snapshotPlan.maxTransactionDuration, missing.map(\.0.table), logger)
            }
        }
        return unfinished.isEmpty
    }

    /// Sends a batch of rows.
    ///
    /// - Returns: whether a chunk ends with it.
    private func send(
        _ batch: SnapshotBatch, _ stretch: SnapshotStretch, _ missing: [[Range<UInt32>]],
        _ ledger: inout SnapshotLedger
    ) async throws(PipelineError) -> Bool {
        let bytes = batch.content.withLock { $0.records.byteCount }
        let (index, pages, rows, failures) = batch.content.withLock { content in
            swap(&content.records, &assembler.batch)
            if content.pages != nil { metrics.snapshot.chunksDone.increment() }
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
}
