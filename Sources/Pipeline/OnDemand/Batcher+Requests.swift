internal import LinuxSupport
internal import Logging
internal import Observability
internal import ReplicationProtocol
internal import RowMapping

/// Following requests for snapshots while changes are streamed.
extension Batcher {
    /// Takes a request that has come by in the stream. Nothing here waits for the database: anybody may ask.
    ///
    /// What is not followed is logged within bounds, and before it is known who has asked without a word of the message.
    func take(request content: [UInt8]) async {
        let request: SnapshotRequest
        do throws(StateRecordError) { request = try SnapshotRequest(json: content) } catch {
            return warn(
                "a request for a snapshot cannot be read: \(error)",
                ["advice": "ask with pqcdc-kafka snapshot, or see docs/snapshots.md for the message's form"])
        }
        if let slot = request.slot, slot != start.identity.slot { return }
        if let problem = requestPolicy.problem(with: request, for: start.identity, in: assembler.context.transaction) {
            return warn(
                "a request for a snapshot is ignored: \(problem)",
                [
                    "lsn": "\(assembler.place)",
                    "advice": "cdc.snapshot.onDemand says whose requests are followed; see docs/security.md",
                ])
        }
        if request.isCancellation { return await withdraw(request.table) }
        if let condition = request.condition {
            do throws(FilterError) { _ = try RowCondition.parse(condition) } catch {
                return refuse(request, Self.text(of: error))
            }
        }
        guard requestSource != nil, stateTopic != nil else {
            return refuse(request, "there is no state topic to keep its progress in")
        }
        let metadata: Logger.Metadata = ["table": "\(request.table)"]
        switch requests.take(request, isFollowed: followed?.hasSentAll == false) {
        case .taken: logger.notice("a snapshot was asked for", metadata: metadata)
        case .known, .replacing: logger.debug("a snapshot was asked for that waits already", metadata: metadata)
        case .refused: refuse(request, "\(RequestLedger.limit) others wait; ask again later")
        }
        showRequests()
    }

    /// What is wrong with a request's condition. Others write these, so the text is cut.
    static func text(of error: FilterError) -> String {
        let text = "\(error)"
        let cut = text.count > 300 ? text.prefix(300) + "…" : text[...]
        return "its condition is refused: \(cut) (conditions are written like a filter of the mapping, and are no SQL)"
    }

    private func warn(_ message: String, _ metadata: Logger.Metadata) {
        guard let held = requestWarnings.take(now: .now) else { return }
        var metadata = metadata
        if held > 0 { metadata["held_back"] = "\(held)" }
        logger.warning("\(message)", metadata: metadata)
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

    /// Drops the requests that the configuration does not allow, or not any more, and those whose condition is none: what
    /// stands in the position was taken by another configuration, by another version of this program, or was written by
    /// somebody else. The rest goes on.
    func refuseRequestsNoLongerAllowed() async {
        var dropped: [SnapshotRequest] = []
        for progress in requests.all {
            guard let reason = reasonToDrop(progress.request) else { continue }
            refuse(progress.request, reason)
            dropped.append(progress.request)
        }
        guard !dropped.isEmpty else { return }
        let (_, first) = requests.remove { dropped.contains($0) }
        if first { await endRequest() }
        showRequests()
    }

    private func reasonToDrop(_ request: SnapshotRequest) -> String? {
        if let problem = requestPolicy.problem(with: request, for: start.identity, in: nil) { return problem }
        guard let condition = request.condition else { return nil }
        do throws(FilterError) { _ = try RowCondition.parse(condition) } catch { return Self.text(of: error) }
        return nil
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
            do throws(PipelineError) {
                guard let plan = try await planForRows(of: relation) else {
                    return await giveUp("no rule names the table")
                }
                try await read(leaves, relation, plan, identity)
            } catch {
                // A failure that would end the daemon would end it at each start: the position has the request.
                guard error.isOfRequest else { throw error }
                await giveUp("\(error)")
            }
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
        let condition: FilterPlan?
        switch try await judge(progress.request, relation) {
        case .plan(let plan): condition = plan
        case .refused(let reason): return await giveUp(reason)
        }
        assembler.requested = RequestedRelation(
            relation: relation, plan: plan, condition: condition, exchange: run.exchange,
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

    private enum Judgement {
        /// What a row must meet; nil where all do.
        case plan(FilterPlan?)
        case refused(String)
    }

    /// Binds a request's condition to the table's columns.
    private func judge(_ request: SnapshotRequest, _ relation: Relation) async throws(PipelineError) -> Judgement {
        guard let text = request.condition else { return .plan(nil) }
        let unknown = RowPlan.unknownTypes(in: relation)
        let types = unknown.isEmpty ? [:] : try await catalog.types(unknown)
        let rule = rules.rule(for: TableName(schema: relation.schema, name: relation.name))
        let hidesColumns = requestPolicy.hidesColumns
        do throws(FilterError) {
            let condition = try RowCondition.parse(text)
            return .plan(
                try condition.plan(for: relation, types: types) { column in
                    hidesColumns && rule?.hides(column) == true
                })
        } catch {
            return .refused(Self.text(of: error))
        }
    }

    private func planForRows(of relation: Relation) async throws(PipelineError) -> RowPlan? {
        guard let rule = rules.rule(for: TableName(schema: relation.schema, name: relation.name)) else { return nil }
        return try await compile(rule, relation, by: rules)
    }

    /// Other rules are in force: the rows that are yet to come go by them, too.
    func adoptRulesForRequest() async throws(PipelineError) {
        guard let relation = assembler.requested?.relation else { return }
        guard let request = followed?.request, let plan = try await planForRows(of: relation) else {
            return await giveUp("no rule names the table any more")
        }
        switch try await judge(request, relation) {
        case .refused(let reason): await giveUp(reason)
        case .plan(let condition):
            assembler.requested?.plan = plan
            assembler.requested?.condition = condition
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
        warn(
            "a requested snapshot is not taken: \(reason)",
            [
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
