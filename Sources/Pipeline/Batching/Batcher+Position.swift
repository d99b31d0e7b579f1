internal import LinuxSupport
internal import Logging
internal import Observability
internal import ReplicationProtocol
internal import RowMapping

/// Keeping the position in Kafka.
extension Batcher {
    /// Finds out where to go on, or that changes lie between there and where the slot begins.
    func resume() async throws(PipelineError) {
        guard let name = plan.stateTopic else { return }
        let known = try await readPosition()
        stateTopic = try await sink.openTopic(name)
        if let reason = known.perishes {
            logger.warning(
                "the state topic does not keep positions: \(reason)",
                metadata: [
                    "state_topic": "\(name)",
                    "advice": "kafka-configs.sh --alter --topic \(name) --add-config cleanup.policy=compact",
                ])
        }
        snapshotStage = known.position?.snapshot
        requests = RequestLedger(known.position?.requests ?? [])
        if known.position?.hasUnreadableRequests == true {
            logger.warning(
                "the position holds requests for snapshots that cannot be read; they are dropped",
                metadata: ["state_topic": "\(name)", "advice": "ask again with pqcdc-kafka snapshot"])
        }
        try await readSnapshotProgress()
        if snapshotPlan.mode == .initial, snapshotStage == nil {
            if known.position == nil {
                beginSnapshot()
            } else {
                logger.notice(
                    "no snapshot is taken: changes have been sent already",
                    metadata: ["advice": "pqcdc-kafka snapshot asks for one of a table"])
            }
        }
        switch PositionCheck.decide(
            position: known.position, snapshotPoint: settled?.lastPoint,
            otherSystems: known.others.filter { $0.differsInSystemOnly(from: start.identity) },
            slotConfirmed: start.confirmedFlush, current: start.current, timeline: start.timeline, onGap: plan.onGap)
        {
        case .first:
            logger.notice(
                "no position is kept so far; beginning with the slot",
                metadata: ["state_topic": "\(name)", "lsn": "\(start.confirmedFlush)"])
            boundary = start.confirmedFlush
        case .resume(let position):
            assembler.skip = position
            // Which transactions there are is told by the publication that they were sent for.
            if position.mark?.publication != start.publication { assembler.skip?.mark = nil }
            boundary = position.lsn
            kept = position.lsn
            logger.notice(
                "going on behind the kept position", metadata: ["state_topic": "\(name)", "lsn": "\(position.lsn)"])
            marks = MarkLedger(position.mark)
            if let timeline = start.timeline?.id, let old = position.timeline, timeline > old {
                logger.notice(
                    "the server was promoted, and the kept position lies on its history",
                    metadata: ["timeline": "\(timeline)", "before": "\(old)", "lsn": "\(position.lsn)"])
            }
            if let check = HistoryCheck(position, start: start) {
                assembler.historyCheck = check
                unconfirmed = position.lsn
                return
            }
            // It is in Kafka, so PostgreSQL may know, however little of it the slot has been told.
            _ = session.checkpoint.open(records: 0, bytes: 0, delivers: position.lsn, confirmable: position.lsn)
            // The other timeline's, or a position of a version that kept no timeline.
            guard position.timeline != start.settledTimeline?.id, let old = known.position else { return }
            if plan.delivery == .atLeastOnce, old.lsn > position.lsn { try await send(nil, confirmable: nil) }
            try await write(SourcePosition(lsn: position.lsn))
            return
        case .stop(let problem): throw .position(problem, slot: start.identity.slot)
        case .accept(let problem, let position):
            logger.warning(
                "\(problem)", metadata: ["advice": "accepted, as cdc.slot.onGap says; load what is missing by hand"])
            assembler.skip = position
            boundary = max(start.confirmedFlush, position?.lsn ?? .zero)
            forgetSnapshot(behind: problem)
            // Where nobody is fenced the position that is furthest on holds, up to the last tombstone.
            if plan.delivery == .atLeastOnce, let old = known.position, old.lsn > boundary {
                try await send(nil, confirmable: nil)
            }
        }
        try await write(SourcePosition(lsn: boundary))
    }

    /// Whether the transaction that did not come by is in the server's WAL all the same, which makes the history the
    /// position's.
    ///
    /// What is sent of a transaction can change: one that runs while a publication is altered is judged by the state of
    /// before or after, depending on what the server has decoded just before.
    func serverHasMissingTransaction() async -> Bool {
        guard let mark = assembler.historyCheck?.missing, await catalog.isCommitted(mark) == true else { return false }
        logger.notice(
            "the last transaction in Kafka is on this server, which does not send it again",
            metadata: ["lsn": "\(mark.commit)", "xid": "\(mark.xid)"])
        assembler.historyCheck?.found()
        if assembler.historyCheck?.isDone == true { assembler.historyCheck = nil }
        return true
    }

    /// The history that the stream brings is another one, and that is accepted: the next session is to stream all that
    /// the slot has, and to skip nothing of it.
    func forget(_ problem: PositionProblem) async throws(PipelineError) {
        logger.warning(
            "\(problem)",
            metadata: ["advice": "accepted, as cdc.slot.onGap says; compare what Kafka has with the tables"])
        assembler.skip = nil
        assembler.historyCheck = nil
        unconfirmed = nil
        marks = MarkLedger()
        boundary = start.confirmedFlush
        forgetSnapshot(behind: problem)
        if plan.delivery == .atLeastOnce { try await send(nil, confirmable: nil) }
        try await write(SourcePosition(lsn: boundary))
        try await session.checkpoint.wait { records, _ in records == 0 }
    }

    /// Takes over and reads the position, patiently: the slot is ours, and feedback keeps it so while Kafka is away.
    func readPosition() async throws(PipelineError) -> KeptPosition {
        if plan.delivery == .exactlyOnce {
            try await untilKafkaAnswers { () async throws(PipelineError) in try await self.sink.takeOver() }
        }
        return try await untilKafkaAnswers { () async throws(PipelineError) in
            try await self.sink.position(of: self.start.identity)
        }
    }

    /// Asks again while Kafka does not answer.
    func untilKafkaAnswers<Answer>(
        _ ask: () async throws(PipelineError) -> Answer
    ) async throws(PipelineError) -> Answer {
        // Brokers may be out of reach each for a reason of its own, and which one is asked changes.
        var told: Set<String> = []
        while true {
            // Whoever has lost the slot meanwhile must not fence the one who has it now.
            if let failure = session.checkpoint.failure { throw failure }
            if session.handoff.isStopRequested { throw .stopped }
            do throws(PipelineError) {
                return try await ask()
            } catch {
                guard case .retry = RecoveryPolicy.decide(error) else { throw error }
                // This client has been taken over from, and can never be used again.
                if case .sink(let failure) = error, failure.isFatal { throw error }
                let advice = RecoveryPolicy.patience(error)
                if told.insert(advice).inserted {
                    logger.warning("\(error)", metadata: ["advice": "trying until Kafka answers; \(advice)"])
                }
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// At least once: writes how far everything is delivered, at most once an interval, and only then has it confirmed:
    /// so the slot never stands beyond what is written here, unless someone else has moved it.
    ///
    /// Exactly once: the same for what no records go with; records bring their position along.
    func keepPosition() async throws(PipelineError) {
        // Before the LSN is read: what a position says of requests is never ahead of where they stand in the WAL.
        noteDeliveredChunks()
        guard stateTopic != nil, let reached = unkept else { return }
        let next = keptAt.map { $0 + PositionPlan.interval } ?? .now
        guard ContinuousClock.now >= next else { return positionTicker.start(until: next) }
        try await write(SourcePosition(lsn: reached))
    }

    /// Before a clean stop: what is delivered is written and confirmed.
    func keepLastPosition() async throws(PipelineError) {
        noteDeliveredChunks()
        guard stateTopic != nil, let reached = unkept else { return }
        try await write(SourcePosition(lsn: reached))
        try await session.checkpoint.wait { records, _ in records == 0 }
    }

    /// What could be written and is not.
    private var unkept: LSN? {
        let reached: LSN
        switch plan.delivery {
        case .atLeastOnce: reached = session.checkpoint.delivered
        case .exactlyOnce:
            guard transaction == nil, !assembler.isInTransaction else { return nil }
            reached = boundary
        }
        return reached > kept ? reached : nil
    }

    /// Writes the position, in exactly-once mode as a transaction of its own.
    func write(_ position: SourcePosition) async throws(PipelineError) {
        switch plan.delivery {
        case .atLeastOnce:
            try await send(
                stamped(position).json, confirmable: assembler.historyCheck == nil ? position.lsn : nil)
            try await forgetProgress()
        case .exactlyOnce:
            try beginTransaction(bytes: 0)
            try await commit(position)
        }
        kept = position.lsn
        keptAt = .now
    }

    /// Sends the position's record; nil is a tombstone.
    private func send(_ position: [UInt8]?, confirmable: LSN?) async throws(PipelineError) {
        try await sendState(key: start.identity.json, value: position, confirmable: confirmable)
    }

    /// Sends a record of the pipeline's state; one without a value is a tombstone.
    func sendState(key: [UInt8], value: [UInt8]?, confirmable: LSN?) async throws(PipelineError) {
        guard let stateTopic else { preconditionFailure("a position is kept in the state topic") }
        letters.removeAll(keepingCapacity: 1024)
        letters.append(key: key, value: value, topic: stateTopic)
        let number = session.checkpoint.open(
            records: 1, bytes: letters.byteCount + PipelinePlan.recordOverhead, confirmable: confirmable)
        while true {
            let outcome: SendOutcome
            do throws(PipelineError) {
                outcome = try sink.send(letters, from: 0, batch: number)
            } catch {
                guard case .sink(let failure) = error else { throw error }
                throw PipelineError(stateTopic: plan.stateTopic, failure)
            }
            switch outcome {
            case .sent: return
            case .queueFull: try await waitForRoom()
            case .refused(_, let refusal): throw PipelineError(stateTopic: plan.stateTopic, refusal.failure)
            }
        }
    }

    // MARK: Exactly once

    /// Makes what is sent next part of a Kafka transaction; nothing in at-least-once.
    func beginTransaction(bytes: Int) throws(PipelineError) {
        guard plan.delivery == .exactlyOnce else { return }
        if transaction == nil {
            try sink.beginTransaction()
            transaction = KafkaTransaction(opened: .now, bytes: 0)
        }
        transaction?.bytes += bytes
    }

    /// For how long the open Kafka transaction has been open; nil without one.
    var transactionAge: Duration? { transaction.map { $0.opened.duration(to: .now) } }

    /// Whether the open Kafka transaction is to end at the next boundary, however much is still to come.
    var isTransactionOverdue: Bool {
        guard let transaction else { return false }
        return ContinuousClock.now >= transaction.opened + plan.commitInterval
    }

    /// The batch's time is up: it is sent, and in exactly-once mode committed, as soon as the stream pauses.
    func end() async throws(PipelineError) {
        try await flush()
        if assembler.isInTransaction { return try await split() }
        guard transaction != nil else { return }
        if session.handoff.isEmpty || isTransactionOverdue { try await commit() }
    }

    /// The batch has reached its size.
    func flushFull() async throws(PipelineError) {
        try await flush()
        try await split()
    }

    /// Ends a Kafka transaction that has grown too large, or that the brokers would soon give up, in the middle of a
    /// PostgreSQL transaction. The batch is sent.
    private func split() async throws(PipelineError) {
        guard let transaction, assembler.batch.isEmpty else { return }
        let isOld = ContinuousClock.now >= transaction.opened + plan.transactionTimeout / 3
        guard transaction.bytes >= plan.maxTransactionBytes || isOld else { return }
        guard let open = assembler.context.transaction else { return try await commit() }
        try await commit(
            SourcePosition(
                lsn: boundary,
                partial: .init(xid: open.xid, finalLSN: open.finalLSN, changes: assembler.ordinal)))
    }

    /// Sends what there is and commits it with the position that it reaches.
    func commit() async throws(PipelineError) {
        try await flush()
        try beginTransaction(bytes: 0)
        try await commit(SourcePosition(lsn: boundary))
    }

    private func commit(_ position: SourcePosition) async throws(PipelineError) {
        try await send(stamped(position).json, confirmable: nil)
        try await forgetProgress()
        #if FAILPOINTS
            Failpoint.beforeCommit.reach()
        #endif
        let began = ContinuousClock.now
        try await sink.commitTransaction()
        metrics.batches.commit.observe(began.duration(to: .now))
        #if FAILPOINTS
            Failpoint.afterCommit.reach()
        #endif
        transaction = nil
        if assembler.batch.isEmpty { batchOpened = nil }
        kept = position.lsn
        keptAt = .now
        guard assembler.historyCheck == nil else { return }
        _ = session.checkpoint.open(records: 0, bytes: 0, delivers: position.lsn, confirmable: position.lsn)
    }
}
