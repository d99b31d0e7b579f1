internal import LinuxSupport
internal import Logging
internal import Observability
internal import ReplicationProtocol
internal import RowMapping

extension Batcher {
    /// Sends the batch, as soon as what is in flight leaves room for it.
    ///
    /// - Returns: its number; nil where there was nothing to send or to confirm.
    @discardableResult
    func flush() async throws(PipelineError) -> UInt32? {
        let records = assembler.batch.count
        let began = ContinuousClock.now
        tellFailures()
        assembler.forgetRefusedTopics(now: began)
        guard records > 0 || assembler.confirmable != nil else { return nil }
        boundary = max(boundary, assembler.confirmable ?? .zero)
        if stateTopic != nil { marks.note(assembler.lastTransaction, at: boundary) }
        if records > 0 { try beginTransaction(bytes: assembler.batch.byteCount) }
        // What librdkafka keeps for each record besides its bytes.
        let bytes = assembler.batch.byteCount + records * PipelinePlan.recordOverhead
        let limit = inFlightLimit
        if records > 0 { try await wait { inFlight, held in inFlight == 0 || held + bytes <= limit } }
        let number = session.checkpoint.open(
            records: records, bytes: bytes, delivers: plan.delivery == .atLeastOnce ? assembler.confirmable : nil,
            confirmable: stateTopic == nil ? assembler.confirmable : nil, commitTime: assembler.commitTime)
        #if FAILPOINTS
            if records > 0 { Failpoint.beforeProduce.reach() }
        #endif
        var next = 0
        // A topic's answer holds for the whole batch, which was read before it: so bad rows cost one question, not one each.
        var asked: Set<Int32> = []
        while next < records {
            switch try sink.send(assembler.batch, from: next, batch: number) {
            case .sent: next = records
            case .queueFull(let index):
                next = index
                try await waitForRoom()
            case .refused(let index, let refusal):
                let record = assembler.batch[index]
                next = index
                if asked.insert(record.topic).inserted,
                    try await sink.looksOtherwiseNow(refusal, topic: Int(record.topic))
                {
                    continue
                }
                try await giveUp(on: record, refusal, batch: number)
                next = index + 1
            }
        }
        #if FAILPOINTS
            if records > 0 { Failpoint.afterProduce.reach() }
        #endif
        // Those that the client refused: on an idle stream the next batch may be long in coming.
        tellFailures()
        if records > 0 {
            metrics.batches.records.observe(Double(records))
            metrics.batches.bytes.observe(Double(assembler.batch.byteCount))
            metrics.batches.flush.observe(began.duration(to: .now))
        }
        metrics.transactions.increment(by: assembler.takeTransactions())
        assembler.batchWasSent()
        batchOpened = nil
        // Nothing may have been under way that a delivery report could tell of.
        if stateTopic != nil { try await keepPosition() }
        return number
    }

    /// The client's own queue is full: it has room again once anything is delivered.
    func waitForRoom() async throws(PipelineError) {
        let before = session.checkpoint.inFlight.records
        try await wait { inFlight, _ in inFlight < before }
    }

    /// Waits for deliveries, and counts the time as backpressure.
    private func wait(
        until condition: @Sendable (_ records: Int, _ bytes: Int) -> Bool
    ) async throws(PipelineError) {
        let (records, bytes) = session.checkpoint.inFlight
        if condition(records, bytes) { return }
        metrics.batches.backpressure.start()
        defer { metrics.batches.backpressure.stop() }
        try await session.checkpoint.wait(until: condition)
    }

    /// Does with a record that the client refuses what its rule says. The batch counts one report for it: that of its
    /// dead letter, or ours.
    private func giveUp(
        on record: RecordBatch.Record, _ refusal: SinkRefusal, batch: UInt32
    ) async throws(PipelineError) {
        // A dead letter that is too large itself is of a rule that wants one: it goes without its value.
        let isLetter = deadLetterTopic.map { Int32($0) == record.topic } ?? false
        let action = isLetter ? .deadLetter : assembler.action(for: record, refusal)
        switch action {
        case .stop: throw .refused(assembler.refused(record, refusal))
        case .skip: session.acknowledge(batch, records: 1)
        case .deadLetter:
            if isLetter {
                try await send(record, refusal, isWhole: false, batch: batch)
            } else if try await !send(record, refusal, isWhole: true, batch: batch) {
                try await send(record, refusal, isWhole: false, batch: batch)
            }
        }
        // A dead letter's change was counted when it became one.
        if !isLetter { assembler.count(failed: action, record, reason: refusal.failure.description) }
    }

    /// Sends a record's dead letter.
    ///
    /// - Returns: false where that is too large for its topic as a whole.
    @discardableResult
    private func send(
        _ record: RecordBatch.Record, _ refusal: SinkRefusal, isWhole: Bool, batch: UInt32
    ) async throws(PipelineError) -> Bool {
        letters.removeAll(keepingCapacity: 1024)
        assembler.writeLetter(of: record, reason: refusal.failure.description, isWhole: isWhole, to: &letters)
        while true {
            switch try sink.send(letters, from: 0, batch: batch) {
            case .sent: return true
            case .queueFull: try await waitForRoom()
            case .refused(_, let refusal):
                if isWhole, refusal.kind == .tooLarge { return false }
                throw .sink(refusal.failure)
            }
        }
    }

    /// Says which changes could not become records; a rule has them skipped or sent as dead letters.
    private func tellFailures() {
        let failures = assembler.takeFailures()
        // A table counts its own.
        for failure in failures where failure.origin == FailedChanges.messages {
            switch failure.action {
            case .deadLetter: metrics.deadLetteredMessages.increment(by: failure.count)
            case .skip, .stop: metrics.skippedMessages.increment(by: failure.count)
            }
        }
        for failure in failureLog.take(failures, now: .now) {
            let what =
                failure.action == .deadLetter ? "sent changes to the dead-letter topic" : "skipped changes"
            logger.warning(
                "\(what): \(failure.reason)",
                metadata: [
                    "table": "\(failure.origin)", "changes": .stringConvertible(failure.count), "lsn": "\(failure.lsn)",
                    "advice":
                        "correct the table's rule or its rows; onError and onOversize say what happens to such changes",
                ])
        }
    }
}
