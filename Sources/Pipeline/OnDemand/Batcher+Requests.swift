internal import LinuxSupport
internal import Logging
internal import ReplicationProtocol
internal import RowMapping

/// Following requests for snapshots while changes are streamed.
extension Batcher {
    /// Takes a request that has come by in the stream.
    func take(request content: [UInt8]) async throws(PipelineError) {
        let request: SnapshotRequest
        do throws(StateRecordError) { request = try SnapshotRequest(json: content) } catch {
            return logger.warning(
                "a request for a snapshot cannot be read: \(error)",
                metadata: ["advice": "ask with pqcdc-kafka snapshot, or see docs/snapshots.md for the message's form"])
        }
        if let slot = request.slot, slot != start.identity.slot { return }
        let metadata: Logger.Metadata = ["table": "\(request.table)"]
        guard requestSource != nil, stateTopic != nil else {
            return logger.warning(
                "a snapshot was asked for, which cannot be taken without a state topic", metadata: metadata)
        }
        // The newer request says what is wanted now.
        if let index = requests.firstIndex(where: { $0.request.table == request.table }) {
            if index == 0 { await stopRequest() }
            requests.remove(at: index)
        }
        guard requests.count < RequestProgress.limit else {
            return logger.warning(
                "a snapshot was asked for while \(RequestProgress.limit) others wait; ask again later",
                metadata: metadata)
        }
        logger.notice("a snapshot was asked for", metadata: metadata)
        requests.append(RequestProgress(request))
        try await startRequest()
    }

    /// Begins with the next request that can be followed, unless one is being followed.
    func startRequest() async throws(PipelineError) {
        guard let source = requestSource else { return }
        while requestedRun == nil, let progress = requests.first, !session.handoff.isStopRequested {
            let request = progress.request
            let wakeup = Wakeup()
            let tables = try await DedicatedThread.run(name: "pg-requested") { () throws(PipelineError) in
                try source.tables(of: request, interruptedBy: wakeup)
            }
            switch tables {
            case .refused(let reasons): refuse(request, reasons.joined(separator: "; "))
            case .leaves(let leaves, let primaryKey):
                guard let relation = leaves.first?.relation else {
                    // A partitioned table without partitions.
                    requests.removeFirst()
                    continue
                }
                try await start(progress, leaves, relation, primaryKey, source)
            }
        }
    }

    private func start(
        _ progress: RequestProgress, _ leaves: [SnapshotLeaf], _ relation: Relation, _ primaryKey: [String],
        _ source: any RequestSource
    ) async throws(PipelineError) {
        guard let identity = RowIdentity(relation, primaryKey: primaryKey) else {
            return refuse(progress.request, "the stream does not name its rows by anything; see REPLICA IDENTITY")
        }
        guard let plan = try await planForRows(of: relation) else {
            return refuse(progress.request, "no rule names the table")
        }
        let run = RequestedRun(number: .random(in: 1...(.max)), leaves: leaves)
        assembler.requested = RequestedRelation(
            relation: relation, plan: plan, slot: start.identity.slot, run: run.number,
            window: SnapshotWindow(identity: identity, limit: Self.touchedLimit))
        // A row that moves from a page that is not read to one that is would lose what its UPDATE leaves out.
        let threshold = assembler.thresholds[relation.oid] ?? SnapshotThreshold()
        requestedThreshold = threshold
        assembler.thresholds[relation.oid] = SnapshotThreshold(
            skipBelow: threshold.skipBelow, completeBelow: LSN(rawValue: .max))
        // Changes keep the shape that the stream has told of, which may be behind the catalog's.
        try await install(assembler.shapeWithoutPlan(relation.oid) ?? assembler.installed(relation) ?? relation)
        requestedRun = run
        let request = progress.request
        let done = leaves.map(progress.start)
        logger.notice(
            done.allSatisfy { $0 == 0 } ? "taking a requested snapshot" : "going on with a requested snapshot",
            metadata: [
                "table": "\(request.table)", "pages": "\(leaves.reduce(0) { $0 + Int($1.pages) })",
                "rows_estimated": "\(leaves.reduce(0) { $0 + ($1.estimatedRows ?? 0) })",
            ])
        let handoff = session.handoff
        requestTask = Task {
            await DedicatedThread.run(name: "pg-requested") {
                do throws(PipelineError) {
                    run.end(
                        with: .success(
                            try source.read(
                                request, leaves, done: done, run: run.number, into: run.exchange,
                                interruptedBy: run.wakeup)))
                } catch {
                    run.end(with: .failure(error))
                }
                handoff.tick()
            }
        }
    }

    private func planForRows(of relation: Relation) async throws(PipelineError) -> RowPlan? {
        guard let rule = rules.rule(for: TableName(schema: relation.schema, name: relation.name)) else { return nil }
        return try await compile(rule, relation, by: rules)
    }

    /// Other rules are in force: the rows that are yet to come go by them, too.
    func adoptRulesForRequest() async throws(PipelineError) {
        guard let relation = assembler.requested?.relation else { return }
        if let plan = try await planForRows(of: relation) {
            assembler.requested?.plan = plan
        } else {
            try await giveUpRequest("no rule names the table any more")
        }
    }

    /// Bytes of the identities of rows that change while one chunk is read.
    private static let touchedLimit = 4 << 20

    // MARK: Chunks

    /// The high watermark of a chunk has come: sends what may be sent of it.
    func takeHighMark(of number: UInt64) async throws(PipelineError) {
        guard let run = requestedRun, var chunk = run.exchange.take(run: run.number, number: number),
            let requested = assembler.requested
        else { return }
        if requested.isAltered { return try await giveUpRequest("the table has been altered; ask again") }
        let index = assembler.number(of: requested.relation)
        switch assembler.requested?.window.highMark(of: number, chunk.snapshot) {
        case .send: break
        case .readAgain(let reason):
            logger.info(
                "a chunk of a requested snapshot is read again",
                metadata: ["table": "\(requests[0].request.table)", "reason": "\(reason)"])
            return run.exchange.answer(.readAgain)
        case nil: return
        }
        let rows = try await send(&chunk, requested.plan)
        // In exactly-once the next commit holds both.
        if self.plan.delivery == .atLeastOnce {
            try await session.checkpoint.wait { records, _ in records == 0 }
        }
        requests[0].wasDone(run.leaves[chunk.leaf], upTo: chunk.pages.upperBound)
        requestedRows += rows
        assembler.note(nil, of: index, rows: rows)
        run.exchange.answer(.done)
    }

    private enum RowOutcome {
        case done
        case topic(String)
    }

    /// - Returns: how many rows were sent.
    private func send(_ chunk: inout RequestedChunk, _ plan: RowPlan) async throws(PipelineError) -> UInt64 {
        var row = CopyRow()
        var rows: UInt64 = 0
        var index = 0
        var isDecoded = false
        while index < chunk.lines.count {
            let outcome = try chunk.lines.withLine(index) { line throws(PipelineError) -> RowOutcome in
                if !isDecoded {
                    do throws(CopyRowError) {
                        try row.decode(line, columns: plan.relation.columns.count)
                    } catch {
                        throw .malformedRow("\(error)", table: plan.table)
                    }
                    if assembler.requested?.window.isTouched(row, in: UnsafeRawBufferPointer(line)) == true {
                        return .done
                    }
                    rows += 1
                }
                return try append(row, UnsafeRawBufferPointer(line).bytes, plan)
            }
            switch outcome {
            case .done:
                index += 1
                isDecoded = false
            case .topic(let name):
                // The line's escapes are resolved by now.
                isDecoded = true
                try await open(topic: name)
            }
            if assembler.isFull { try await flushFull() }
        }
        try await flush()
        return rows
    }

    private func append(
        _ row: borrowing CopyRow, _ bytes: RawSpan, _ plan: RowPlan
    ) throws(PipelineError) -> RowOutcome {
        var context = ChangeContext(lsn: assembler.place)
        context.reselected = nil
        let mark = assembler.batch.mark
        do throws(MappingError) {
            try plan.snapshot(row.tuples, bytes, context, to: &assembler.batch)
        } catch {
            assembler.batch.rewind(to: mark)
            if case .unopenedTopic(let name) = error { return .topic(name) }
            guard error.isOfOneChange, plan.rule.onError != .stop else {
                throw .mapping(error, at: assembler.place)
            }
            if plan.rule.onError == .deadLetter {
                assembler.letter.append(
                    .snapshot, .none, plan, row.tuples, bytes, context, reason: "\(error)", to: &assembler.batch)
            }
            assembler.note(
                FailedChanges(
                    origin: "\(plan.table)", action: plan.rule.onError, count: 1, reason: "\(error)",
                    lsn: assembler.place), of: Int(plan.number), rows: 0)
        }
        return .done
    }

    // MARK: The end

    /// Looks whether the thread has ended, and goes on with the next request.
    func settleRequest() async throws(PipelineError) {
        guard let run = requestedRun, let result = run.result else { return }
        let request = requests[0].request
        switch result {
        case .success(true):
            logger.notice(
                "a requested snapshot is done", metadata: ["table": "\(request.table)", "rows": "\(requestedRows)"])
            requests.removeFirst()
        // Of the session's end, or of what has been said already.
        case .success(false), .failure(.stopped): return
        case .failure(let error): refuse(request, "\(error)")
        }
        await endRequest()
        try await startRequest()
    }

    private func refuse(_ request: SnapshotRequest, _ reason: String) {
        logger.warning(
            "a requested snapshot is not taken: \(reason)",
            metadata: [
                "table": "\(request.table)", "advice": "pqcdc-kafka snapshot checks a request before it is made",
            ])
        requests.removeAll { $0.request == request }
    }

    /// Refuses the request that is being followed, and goes on with the next one.
    private func giveUpRequest(_ reason: String) async throws(PipelineError) {
        refuse(requests[0].request, reason)
        await endRequest()
        try await startRequest()
    }

    /// Leaves a request that another one takes the place of.
    private func stopRequest() async { await endRequest() }

    /// Ends the reading, and with it the watch on the table's changes.
    func endRequest() async {
        requestedRun?.stop()
        await requestTask?.value
        requestTask = nil
        requestedRun = nil
        requestedRows = 0
        guard let relation = assembler.requested?.relation else { return }
        assembler.requested = nil
        assembler.thresholds[relation.oid] = requestedThreshold
        // Its next change is mapped anew, without what only the snapshot needed.
        assembler.describe(assembler.shapeWithoutPlan(relation.oid) ?? assembler.installed(relation) ?? relation)
    }
}
