internal import LinuxSupport
internal import Logging
internal import Observability
internal import ReplicationProtocol
internal import RowMapping

/// Following requests for snapshots while changes are streamed.
extension Batcher {
    /// Takes a request that has come by in the stream. Nothing here waits for the database: anybody may ask.
    func take(request content: [UInt8]) async {
        let request: SnapshotRequest
        do throws(StateRecordError) { request = try SnapshotRequest(json: content) } catch {
            return logger.warning(
                "a request for a snapshot cannot be read: \(error)",
                metadata: ["advice": "ask with pqcdc-kafka snapshot, or see docs/snapshots.md for the message's form"])
        }
        if let slot = request.slot, slot != start.identity.slot { return }
        if request.isCancellation { return await withdraw(request.table) }
        let metadata: Logger.Metadata = ["table": "\(request.table)"]
        guard takesRequests else {
            return refuse(request, "cdc.snapshot.onDemand is false")
        }
        guard requestSource != nil, stateTopic != nil else {
            return refuse(request, "there is no state topic to keep its progress in")
        }
        switch requests.take(request, isFollowed: followed?.hasSentAll == false) {
        case .taken: logger.notice("a snapshot was asked for", metadata: metadata)
        case .known, .replacing: logger.debug("a snapshot was asked for that waits already", metadata: metadata)
        case .refused: refuse(request, "\(RequestLedger.limit) others wait; ask again later")
        }
        showRequests()
    }

    private func withdraw(_ table: TableName) async {
        let (count, first) = requests.remove { $0.table == table }
        guard count > 0 else {
            return logger.warning(
                "a snapshot is withdrawn that nobody had asked for",
                metadata: ["table": "\(table)", "advice": "pqcdc-kafka status shows what is asked for"])
        }
        if first {
            requestGivenUp = .now
            await endRequest()
        }
        showRequests()
        logger.notice("a requested snapshot is withdrawn", metadata: ["table": "\(table)"])
    }

    /// Drops all requests where none are taken any more, as a reload may say.
    func refuseRequestsIfOff() async {
        guard !takesRequests, !requests.all.isEmpty else { return }
        for progress in requests.all { refuse(progress.request, "cdc.snapshot.onDemand is false") }
        _ = requests.remove { _ in true }
        await endRequest()
        showRequests()
    }

    /// Goes on with the requests where there is news of them. Called with each chunk of the stream.
    func settleRequests() async throws(PipelineError) {
        if requests.isEmpty, followed == nil { return }
        noteDeliveredChunks()
        for progress in requests.takeDone() {
            logger.notice(
                "a requested snapshot is done",
                metadata: ["table": "\(progress.request.table)", "rows": .stringConvertible(progress.rows)])
        }
        if let followed, let news = followed.run.takeNews() { try await take(news, of: followed) }
        if followed == nil, let next = requests.next, !session.handoff.isStopRequested { look(into: next.request) }
        showRequests()
    }

    /// At least once: a chunk is done when it is delivered. Exactly once: when it is committed; see ``stamped(_:)``.
    func noteDeliveredChunks() {
        if plan.delivery == .atLeastOnce { requests.wereDelivered(before: session.checkpoint.oldestOpen) }
    }

    private func take(_ news: RequestedRun.News, of followed: FollowedRequest) async throws(PipelineError) {
        switch news {
        case .tables(.refused(let reasons)): await giveUp(reasons.joined(separator: "; "))
        case .tables(.leaves(let leaves, let primaryKey)):
            // A partitioned table may have no partitions.
            guard let relation = leaves.first?.relation else { return await finish(followed) }
            guard let identity = RowIdentity(relation, primaryKey: primaryKey) else {
                return await giveUp("the stream does not name its rows by anything; see REPLICA IDENTITY")
            }
            guard let plan = try await planForRows(of: relation) else { return await giveUp("no rule names the table") }
            try await read(leaves, relation, plan, identity)
        case .ended(isComplete: true): await finish(followed)
        // Of the session's end.
        case .ended(isComplete: false), .failed(.stopped): break
        case .failed(let error): await giveUp("\(error)")
        }
    }

    /// The run is over, with nothing left to read. What it sent may have yet to be delivered.
    private func finish(_ followed: FollowedRequest) async {
        if !followed.hasSentAll { requests.finishFirst() }
        await endRequest()
    }

    // MARK: A run

    /// Has a thread ask the catalog what the request comes to.
    private func look(into request: SnapshotRequest) {
        guard let source = requestSource else { return }
        let run = RequestedRun()
        // However many come by that cannot be followed, the server is asked once a second.
        let begin = requestGivenUp.map { $0 + Self.givingUpInterval } ?? .now
        let handoff = session.handoff
        let task = Task {
            await DedicatedThread.run(name: "pg-requested") {
                if begin > .now, FileDescriptorPoll.wait(-1, for: [], or: run.wakeup, until: begin).wakeup { return }
                do throws(PipelineError) {
                    run.tell(.tables(try source.tables(of: request, interruptedBy: run.wakeup)))
                } catch {
                    run.tell(.failed(error))
                }
                handoff.tick()
            }
        }
        followed = FollowedRequest(request: request, run: run, task: task)
    }

    private static let givingUpInterval = Duration.seconds(1)

    /// Begins to watch the table's changes, and has a thread read it.
    private func read(
        _ leaves: [SnapshotLeaf], _ relation: Relation, _ plan: RowPlan, _ identity: RowIdentity
    ) async throws(PipelineError) {
        guard let source = requestSource, var followed, let progress = requests.next else { return }
        let leaves = leaves.sorted { $0.oid.rawValue < $1.oid.rawValue }
        let run = followed.run
        assembler.requested = RequestedRelation(
            relation: relation, plan: plan, slot: start.identity.slot, run: run.number,
            window: SnapshotWindow(identity: identity, limit: Self.touchedLimit))
        // A row that moves from a page that is not read to one that is would lose what its UPDATE leaves out.
        let threshold = assembler.thresholds[relation.oid] ?? SnapshotThreshold()
        followed.threshold = threshold
        followed.leaves = leaves
        assembler.thresholds[relation.oid] = SnapshotThreshold(
            skipBelow: threshold.skipBelow, completeBelow: LSN(rawValue: .max))
        self.followed = followed
        // Changes keep the shape that the stream has told of, which may be behind the catalog's.
        try await install(assembler.shapeWithoutPlan(relation.oid) ?? assembler.installed(relation) ?? relation)
        logger.notice(
            progress.place == nil ? "taking a requested snapshot" : "going on with a requested snapshot",
            metadata: [
                "table": "\(progress.request.table)",
                "pages": .stringConvertible(leaves.reduce(0) { $0 + Int($1.pages) }),
                "rows_estimated": "\(leaves.reduce(0) { $0 + ($1.estimatedRows ?? 0) })",
            ])
        let handoff = session.handoff
        await followed.task.value
        self.followed?.task = Task {
            await DedicatedThread.run(name: "pg-requested") {
                do throws(PipelineError) {
                    run.tell(
                        .ended(
                            isComplete: try source.read(
                                progress.request, leaves, from: leaves.map(progress.start), run: run.number,
                                into: run.exchange, interruptedBy: run.wakeup)))
                } catch {
                    run.tell(.failed(error))
                }
                handoff.tick()
            }
        }
        var display = SnapshotDisplay(
            area: statusArea, metrics: metrics.snapshot, slot: metrics.slot, now: .now)
        display.begin(progress, leaves, now: .now)
        self.followed?.display = display
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
            await giveUp("no rule names the table any more")
        }
    }

    /// Bytes of the identities of rows that change while one chunk is read.
    private static let touchedLimit = 4 << 20

    // MARK: The end

    /// Gives up the request that is being followed.
    func giveUp(_ reason: String) async {
        guard let followed else { return }
        refuse(followed.request, reason)
        requestGivenUp = .now
        if !followed.hasSentAll { requests.removeFirst() }
        await endRequest()
    }

    /// Tells whoever looks from outside how far the request is, and what waits.
    private func showRequests() {
        if let followed, !followed.hasSentAll, let progress = requests.all.first {
            self.followed?.display?.show(progress, followed.leaves, now: .now, logger)
        }
        let isTaken = followed?.display != nil && followed?.hasSentAll == false
        metrics.snapshot.requests.set(UInt64(requests.all.count))
        metrics.snapshot.status.waiting = requests.all.dropFirst(isTaken ? 1 : 0).map { "\($0.request.table)" }
    }

    private func refuse(_ request: SnapshotRequest, _ reason: String) {
        logger.warning(
            "a requested snapshot is not taken: \(reason)",
            metadata: [
                "table": "\(request.table)", "advice": "pqcdc-kafka snapshot checks a request before it is made",
            ])
    }

    /// Ends the reading, and with it the watch on the table's changes.
    func endRequest() async {
        guard let followed else { return }
        self.followed = nil
        followed.run.stop()
        await followed.task.value
        followed.display?.end()
        guard let relation = assembler.requested?.relation else { return }
        assembler.requested = nil
        assembler.thresholds[relation.oid] = followed.threshold
        // Its next change is mapped anew, without what only the snapshot needed.
        assembler.describe(assembler.shapeWithoutPlan(relation.oid) ?? assembler.installed(relation) ?? relation)
    }
}
