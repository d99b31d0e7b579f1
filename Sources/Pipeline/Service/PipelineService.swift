public import LinuxSupport
public import Logging
internal import Observability
internal import ReplicationProtocol

/// The pipeline's life: connect, stream, fail, recover, stop.
public struct PipelineService: Sendable {
    private let source: any ReplicationSource
    private let sinks: any RecordSinkFactory
    private let catalog: any Catalog
    private let snapshots: (any SnapshotSource)?
    private let requests: (any RequestSource)?
    private let plans: PlanMailbox
    private let slot: String
    private let control: PipelineControl
    private let status: PipelineStatus
    private let watched: WatchedLoops
    private let logger: Logger

    public init(
        source: any ReplicationSource, sinks: any RecordSinkFactory, catalog: any Catalog,
        snapshots: (any SnapshotSource)? = nil, requests: (any RequestSource)? = nil, plans: PlanMailbox, slot: String,
        control: PipelineControl, status: PipelineStatus, watched: WatchedLoops, logger: Logger
    ) {
        self.source = source
        self.sinks = sinks
        self.catalog = catalog
        self.snapshots = snapshots
        self.requests = requests
        self.plans = plans
        self.slot = slot
        self.control = control
        self.status = status
        self.watched = watched
        self.logger = logger
    }

    /// Runs until it is asked to stop (`ok`), or a person must act.
    public func run() async -> ExitStatus {
        var backoff = Backoff()
        var confirmed = LSN.zero
        var hasLookedAgain = false
        var closerLook = CloserLook()
        while true {
            let begun = ContinuousClock.now
            let looksClosely = closerLook.begins()
            let (ended, reached, streamed) = await runSession(from: confirmed, looksClosely: looksClosely)
            var outcome = ended
            // Less than before where the server was set back.
            confirmed = reached
            if streamed { backoff.succeeded(for: begun.duration(to: .now)) }
            if case .failure(.position) = outcome, !hasLookedAgain, !control.isStopping {
                // Slot and position were not read in one moment: while we slept or waited for Kafka, somebody may
                // have taken the slot and moved both.
                hasLookedAgain = true
                logger.notice("slot and position do not fit together; looking again", metadata: ["slot": "\(slot)"])
                status.metrics.countReconnect(.position)
                continue
            }
            hasLookedAgain = false
            if case .failure(let error) = outcome, !control.isStopping {
                let error = await askedAnew(error)
                outcome = .failure(error)
                if closerLook.isWanted(after: error, lasting: begun.duration(to: .now)) {
                    logger.warning(
                        "\(error)",
                        metadata: [
                            "advice": "nothing is lost; looking closely for what is at fault, from the last position on"
                        ])
                    status.metrics.countReconnect(ReconnectCause(error))
                    continue
                }
            }
            switch outcome {
            case .success:
                logger.notice("stopped", metadata: ["confirmed": "\(confirmed)"])
                return .success
            case .failure(.stopped):
                return .success
            case .failure(let error):
                switch RecoveryPolicy.decide(error) {
                case .stop(let code, let advice):
                    logger.error(
                        "\(error)", metadata: ["advice": "\(advice)", "exit": .stringConvertible(code.rawValue)])
                    return code
                case .retry:
                    if control.isStopping {
                        logger.warning(
                            "\(error)",
                            metadata: [
                                "confirmed": "\(confirmed)",
                                "advice": "stopped; what was delivered but not confirmed will be sent again",
                            ])
                        return .success
                    }
                    let delay = backoff.failed()
                    logger.warning(
                        "\(error)",
                        metadata: [
                            "retry_in": .stringConvertible(delay), "attempt": .stringConvertible(backoff.attempt),
                            "confirmed": "\(confirmed)",
                            "advice": "\(RecoveryPolicy.patience(error))",
                        ])
                    status.metrics.countReconnect(ReconnectCause(error))
                    status.isWaiting(reason: "\(error)")
                    await control.sleep(for: delay)
                    if control.isStopping { return .success }
                }
            }
        }
    }

    /// The error, once the cluster was asked anew for a topic that the client takes for missing, which may rest on metadata
    /// that is minutes old: a topic that is there is no reason to end, and one that is not is named.
    private func askedAnew(_ error: PipelineError) async -> PipelineError {
        let (topic, failure): (String, SinkFailure)
        switch error {
        case .sink(let refused) where refused.isMissingTopic:
            guard let name = refused.topic else { return error }
            (topic, failure) = (name, refused)
        case .stateTopicMissing(let name, let refused): (topic, failure) = (name, refused)
        default: return error
        }
        switch await sinks.existence(of: topic) {
        case .refused(let refusal): return .sink(refusal)
        case .missing(mayBeCreated: false):
            if case .sink = error { return .topicMissing(topic) }
            return error
        case .exists:
            // Which partition a row names is still to be compared with those that there are.
            if case .sink = error, failure.code == KafkaCode.localUnknownPartition.rawValue { return error }
            return .sink(SinkFailure("\(failure), but it is there now", code: KafkaCode.localOutdated.rawValue))
        case .missing(mayBeCreated: true), .unknown: return error
        }
    }

    /// One session: takes the slot, streams, ends.
    ///
    /// - Returns: how it ended, what was confirmed by then, and whether it had begun to stream.
    private func runSession(
        from confirmed: LSN, looksClosely: Bool
    ) async -> (outcome: Result<Void, PipelineError>, confirmed: LSN, streamed: Bool) {
        if plans.current.snapshot.mode == .only { return await runSnapshotOnly(looksClosely) }
        let opening = SessionOpening()
        // The connection belongs to its thread from beginning to end, so the thread runs the whole session; the
        // batcher begins when the slot is ours.
        async let reading: Result<Void, PipelineError> = DedicatedThread.run(name: "pg-reader") {
            read(from: confirmed, opening)
        }
        guard let opened = await opening.session() else { return (await reading, confirmed, false) }
        let session = opened.session
        let (batching, open) = await batch(opened, looksClosely)
        let outcome = await reading
        status.sessionEnded()
        // The batcher's reason is the first cause where there is one: the reader only hears of it.
        if case .failure(let error) = batching, case .failure = outcome {
            let error = explain(session.checkpoint.failure ?? error, open: open)
            return (.failure(error), session.checkpoint.confirmed, true)
        }
        return (outcome, session.checkpoint.confirmed, true)
    }

    /// To the client a transaction that has run out looks like a takeover: the brokers raise the epoch in both cases. Its
    /// age tells them apart.
    private func explain(_ error: PipelineError, open: Duration?) -> PipelineError {
        let timeout = plans.current.position.transactionTimeout
        guard case .sink(let failure) = error, failure.isFencing, let open, open >= timeout else { return error }
        return .transactionExpired(failure, open: open, timeout: timeout)
    }

    /// The batcher's side of a session; when it returns the sink is closed.
    ///
    /// - Returns: how it ended, and for how long the Kafka transaction was open that ended with it.
    private func batch(
        _ opened: OpenedSession, _ looksClosely: Bool
    ) async -> (Result<Void, PipelineError>, open: Duration?) {
        let session = opened.session
        let sink: any RecordSink
        do throws(PipelineError) {
            sink = try sinks.makeSink(
                reportingTo: session, for: opened.start.identity, looksClosely: looksClosely)
        } catch {
            session.fail(error)
            return (.failure(error), nil)
        }
        let ticker = BatchTicker()
        let positionTicker = BatchTicker()
        let batcher = Batcher(
            session: session, start: opened.start, sink: sink, catalog: catalog, snapshots: snapshots,
            requests: requests, plans: plans, ticker: ticker, positionTicker: positionTicker, metrics: status.metrics,
            statusArea: status.area, watched: watched.batcher, logger: logger
        ) { [status, slot] in status.isActive(slot: slot) }
        let ticking = Task { await ticker.run { session.tick() } }
        let keeping = Task { await positionTicker.run { session.handoff.tick() } }
        let probing = Task { await probe(session) }
        var result = Result<Void, PipelineError>.success(())
        do throws(PipelineError) {
            try await batcher.run()
        } catch {
            session.fail(error)
            result = .failure(error)
        }
        let open = await batcher.transactionAge
        // It may be asleep until the end of a batch that was sent long ago.
        ticking.cancel()
        keeping.cancel()
        probing.cancel()
        await ticking.value
        await keeping.value
        await probing.value
        await batcher.close()
        return (result, open)
    }

    /// Has an idle batcher turn now and then, where a watchdog wants to see that it does.
    private func probe(_ session: Session) async {
        guard let interval = watched.probeInterval else { return }
        while (try? await Task.sleep(for: interval)) != nil { session.handoff.tick() }
    }

    /// A session without a stream, which ends when the snapshot is delivered.
    private func runSnapshotOnly(
        _ looksClosely: Bool
    ) async -> (outcome: Result<Void, PipelineError>, confirmed: LSN, streamed: Bool) {
        guard let snapshots else { preconditionFailure("a snapshot has a source") }
        let control = control
        let wakeup = control.wakeup
        let opened: OpenedSession
        do throws(PipelineError) {
            let identity = try await DedicatedThread.run(name: "pg-snapshot") { () throws(PipelineError) in
                wakeup.drain()
                if control.isStopping { throw .stopped }
                return try snapshots.identity(interruptedBy: wakeup)
            }
            opened = OpenedSession(
                session: Session(confirmed: .zero, chunkCapacity: 0, waking: wakeup),
                start: SlotStart(identity: identity, confirmedFlush: .zero))
        } catch {
            return (.failure(error), .zero, false)
        }
        status.isTakingSnapshot()
        let session = opened.session
        let limit = plans.current.shutdownTimeout
        // Hears of the stop, as the reader of a stream would.
        async let watching: Void = DedicatedThread.run(name: "pg-snapshot") {
            var deadline: ContinuousClock.Instant?
            while !session.handoff.isFinished, !session.isOver {
                if FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: deadline).wakeup { wakeup.drain() }
                if control.isStopping, deadline == nil {
                    deadline = .now + limit
                    session.requestStop()
                }
                if let deadline, ContinuousClock.now >= deadline {
                    return session.fail(.stopTimedOut(undelivered: session.checkpoint.inFlight.records))
                }
            }
        }
        let (outcome, _) = await batch(opened, looksClosely)
        await watching
        return (outcome, .zero, true)
    }

    // MARK: On the thread pg-reader

    private func read(from confirmed: LSN, _ opening: SessionOpening) -> Result<Void, PipelineError> {
        defer {
            opening.close()
            watched.reader.rests()
        }
        // What woke the last session must not interrupt this one; a wish to stop is a flag and stays.
        control.wakeup.drain()
        do throws(PipelineError) {
            if control.isStopping { throw .stopped }
            let connection = try source.connect(interruptedBy: control.wakeup)
            #if FAILPOINTS
                Failpoint.afterSlotCreation.reach()
            #endif
            let slotStart = try awaitSlot(connection)
            let plan = plans.current
            // What was confirmed may be of another history. A position in Kafka says what to skip, and is compared with
            // what the slot sends.
            let start = slotStart.begin(after: plan.position.stateTopic == nil ? confirmed : .zero)
            let stream = try connection.startReplication(from: start)
            let session = Session(
                confirmed: start, chunkCapacity: plan.chunkBytes, tellsBatcher: plan.position.stateTopic != nil,
                waking: control.wakeup)
            status.isOpening(slot: slot, session)
            logger.notice("streaming", metadata: ["slot": "\(slot)", "lsn": "\(start)"])
            opening.open(session, at: slotStart)
            let reader = ReplicationReader(
                stream: stream, session: session, wakeup: control.wakeup, control: control, plans: plans,
                watched: watched.reader, status: status,
                slot: slot, senderTimeout: connection.senderTimeout, logger: logger)
            do throws(PipelineError) {
                try reader.run()
            } catch {
                session.fail(error)
                throw error
            }
            return .success(())
        } catch {
            return .failure(control.isStopping && !opening.isOpen ? .stopped : error)
        }
    }

    /// Waits, as the passive instance, until the slot is free.
    private func awaitSlot(_ connection: any SourceConnection) throws(PipelineError) -> SlotStart {
        var isPassive = false
        while true {
            if control.isStopping { throw .stopped }
            switch try connection.checkSlot() {
            case .free(let confirmedFlush, let current, let timeline):
                return SlotStart(
                    identity: connection.identity, confirmedFlush: confirmedFlush, current: current,
                    timeline: timeline, publication: connection.publication)
            case .missing(let current, let others, let onStandby):
                throw .unfit(
                    .missingSlot(
                        slot, gap: gap(upTo: current, connection), others: others, onStandby: onStandby))
            case .lost(let reason, let current):
                throw .unfit(.slotLost(slot, reason: reason, gap: gap(upTo: current, connection)))
            case .active(let pid):
                if !isPassive {
                    isPassive = true
                    let holder = pid.map { " by PID \($0)" } ?? ""
                    logger.notice(
                        "passive: the slot is in use\(holder)",
                        metadata: [
                            "slot": "\(slot)", "check_every": "\(plans.current.activityCheckerInterval)",
                        ])
                    status.isPassive(reason: "slot \(slot) is in use\(holder)")
                }
                let ready = FileDescriptorPoll.wait(
                    -1, for: [], or: control.wakeup, until: .now + plans.current.activityCheckerInterval)
                if ready.wakeup { control.wakeup.drain() }
            }
        }
    }

    /// What was committed since our last position; nil where that is not known.
    private func gap(upTo current: LSN, _ connection: any SourceConnection) -> WALRange? {
        sinks.lastPosition(of: connection.identity).flatMap { WALRange(from: $0.lsn, to: current) }
    }
}
