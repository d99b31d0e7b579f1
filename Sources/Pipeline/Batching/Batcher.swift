internal import LinuxSupport
internal import Logging
internal import Observability
internal import ReplicationProtocol
internal import RowMapping

/// Turns chunks into batches and hands them to Kafka: the middle of the pipeline.
///
/// Suspends when the handoff is empty or too much is in flight, and never blocks a thread.
actor Batcher {
    let session: Session
    let sink: any RecordSink
    let catalog: any Catalog
    let plans: PlanMailbox
    var rules: MappingRules
    let inFlightLimit: Int
    var plan: PositionPlan
    let start: SlotStart
    let ticker: BatchTicker
    let positionTicker: BatchTicker
    let metrics: DaemonMetrics
    let watched: WatchedLoop
    let logger: Logger
    /// Says that slot and position fit together, and that changes flow from here on.
    private let streamed: @Sendable () -> Void
    var assembler: BatchAssembler
    /// When the batch's first record came; nil while it is empty.
    var batchOpened: ContinuousClock.Instant?
    var failureLog = FailureLog()
    /// The numbers of the topics for dead letters and for schema changes, where rules ask for them.
    var deadLetterTopic: Int?
    var schemaChangesTopic: Int?
    /// The tables' shapes as the schema changes' topic knows them.
    var shapes: [OID: SchemaChange.Shape] = [:]
    /// One dead letter, or one position, on its way.
    var letters = RecordBatch(capacity: 1024)
    /// The number of the state topic; nil where no position is kept but the slot's.
    var stateTopic: Int?
    /// The end of the last transaction, or what else may be confirmed, that batches have reached.
    var boundary = LSN.zero
    /// The open Kafka transaction; always nil in at-least-once.
    var transaction: KafkaTransaction?
    /// What was written to the state topic last, and when.
    var kept = LSN.zero
    var keptAt: ContinuousClock.Instant?
    var marks = MarkLedger()
    /// The position that was read, as long as it is not confirmed since the server's history is not known to be its own.
    var unconfirmed: LSN?
    /// Reads the rows that were there before; nil where there is nobody to.
    let snapshots: (any SnapshotSource)?
    let snapshotPlan: SnapshotPlan
    /// How far the snapshot is; part of every position.
    var snapshotStage: SnapshotStage?
    /// When its progress was written last.
    var snapshotKeptAt: ContinuousClock.Instant?
    var snapshotDisplay: SnapshotDisplay?
    let statusArea: StatusArea?
    /// What was read, as long as the stream is not past it.
    var settled: SnapshotLedger?
    /// Reads tables for requests that come by in the stream; nil where there is nobody to.
    let requestSource: (any RequestSource)?
    /// Whose requests are followed.
    var requestPolicy: RequestPolicy
    var requests = RequestLedger()
    var requestWarnings = RequestWarnings()
    /// The first of them, while a thread is at work for it.
    var followed: FollowedRequest?
    /// When one was given up last.
    var requestGivenUp: ContinuousClock.Instant?

    init(
        session: Session, start: SlotStart, sink: sending any RecordSink, catalog: any Catalog,
        snapshots: (any SnapshotSource)? = nil, requests: (any RequestSource)? = nil, plans: PlanMailbox,
        ticker: BatchTicker, positionTicker: BatchTicker, metrics: DaemonMetrics, statusArea: StatusArea? = nil,
        watched: WatchedLoop, logger: Logger, streamed: @escaping @Sendable () -> Void
    ) {
        let plan = plans.open { session.handoff.tick() }
        self.plans = plans
        self.watched = watched
        self.streamed = streamed
        self.session = session
        self.start = start
        self.positionTicker = positionTicker
        self.plan = plan.position
        self.sink = sink
        self.catalog = catalog
        self.snapshots = snapshots
        requestSource = requests
        snapshotPlan = plan.snapshot
        requestPolicy = plan.requests
        self.ticker = ticker
        self.metrics = metrics
        self.statusArea = statusArea
        self.logger = logger
        rules = plan.rules
        inFlightLimit = plan.inFlightLimit
        assembler = BatchAssembler(limits: plan.batch, messages: plan.rules.messages)
    }

    /// Runs until the session ends: by a failure, which is thrown, or by a stop, after which everything is delivered.
    func run() async throws(PipelineError) {
        try await openOwnTopics()
        if snapshotPlan.mode == .only { return try await runSnapshotOnly() }
        try await resume()
        streamed()
        try await takeSnapshot()
        await refuseRequestsNoLongerAllowed()
        try await settleRequests()
        var isStopped = false
        while !isStopped {
            // Where somebody watches, ticks come in the meantime too.
            watched.turned()
            switch try await session.handoff.next() {
            case .chunk(var chunk):
                isStopped = try await work(through: &chunk)
                session.handoff.giveBack(chunk)
                try await settleRequests()
            case .tick:
                watched.rests()
                if plans.hasNext { try await adoptPlan() }
                if isDue { try await end() }
                try await settleRequests()
                try await keepPosition()
            case .stopRequested:
                watched.rests()
                // In the middle of a transaction: its rest is on the way, and only then nothing is sent twice.
                isStopped = !assembler.isInTransaction
                if !isStopped { isStopped = try await finishTransaction() }
            }
        }
        watched.rests()
        try await flush()
        if transaction != nil { try await commit() }
        try await session.checkpoint.wait { records, _ in records == 0 }
        try await keepLastPosition()
        session.handoff.finish()
    }

    /// Takes a snapshot, and returns when every row of it is delivered.
    private func runSnapshotOnly() async throws(PipelineError) {
        try await resumeSnapshot()
        try await takeSnapshot()
        try await session.checkpoint.wait { records, _ in records == 0 }
        session.handoff.finish()
        if snapshotStage?.state == .running { throw .snapshotStopped }
    }

    /// Ends the sink; everything it still holds is given up.
    func close() async {
        await endRequest()
        watched.rests()
        if plans.close() { logger.notice("the reloaded configuration is in force from the next session on") }
        if transaction != nil {
            // What is on the wire is part of it, and is taken back.
            await sink.abortTransaction()
        } else if case .source = session.checkpoint.failure {
            await sink.withhold(within: Self.reportTime)
        }
        await sink.close()
    }

    /// How long to wait, when the stream is lost, for reports on what Kafka has been sent already: by then someone else
    /// may have the slot, and what we send would land among the records that they send again. A healthy cluster reports
    /// in milliseconds, and each report spares the next session a repetition; while the cluster is away no time would
    /// do.
    private static let reportTime = Duration.seconds(1)

    // MARK: Chunks

    /// - Returns: whether to stop, because that was asked for and a transaction has just ended.
    private func work(through chunk: inout WALChunk) async throws(PipelineError) -> Bool {
        var frame = 0
        let isStopping = session.handoff.isStopRequested
        if isStopping, !assembler.isInTransaction { return true }
        if plans.hasNext {
            watched.rests()
            try await adoptPlan()
        }
        while true {
            watched.turned()
            #if FAILPOINTS
                Failpoint.batcherTurn.hang()
            #endif
            let step: BatchAssembler.Step
            do throws(PipelineError) {
                step = try assembler.assemble(
                    chunk, from: &frame, stoppingAtBoundary: isStopping || isTransactionOverdue || plans.hasNext)
            } catch {
                watched.rests()
                if case .position = error, await serverHasMissingTransaction() { continue }
                if case .position(let problem, _) = error, plan.onGap == .accept { try await forget(problem) }
                throw error
            }
            // What follows may wait for Kafka, or for PostgreSQL's catalog.
            watched.rests()
            switch step {
            case .full: try await flushFull()
            case .relation(let relation): try await install(relation)
            case .topic(let name): try await open(topic: name)
            case .reselect(let reselection): try await reselect(reselection, in: chunk, &frame)
            case .request(let content): await take(request: content)
            case .highMark(let number): try await takeHighMark(of: number)
            case .boundary:
                if isStopping { return true }
                if plans.hasNext { try await adoptPlan() } else { try await commit() }
            case .consumed:
                try await settle()
                return false
            }
        }
    }

    /// Takes chunks until the open transaction has ended.
    private func finishTransaction() async throws(PipelineError) -> Bool {
        while true {
            var chunk = try await session.handoff.nextChunk()
            let isStopped = try await work(through: &chunk)
            session.handoff.giveBack(chunk)
            if isStopped { return true }
        }
    }

    /// The chunk is used up: end the batch, or arrange for it.
    private func settle() async throws(PipelineError) {
        if let lsn = unconfirmed, assembler.historyCheck == nil {
            unconfirmed = nil
            _ = session.checkpoint.open(records: 0, bytes: 0, delivers: lsn, confirmable: lsn)
        }
        if assembler.batch.isEmpty, transaction == nil {
            // Empty transactions and keepalives are confirmed at once.
            if assembler.confirmable != nil { try await flush() }
            return
        }
        let opened = batchOpened ?? .now
        if batchOpened == nil { batchOpened = opened }
        if assembler.limits.ticker == .zero {
            if session.handoff.isEmpty { try await end() }
        } else if isDue {
            try await end()
        } else {
            ticker.start(until: opened + assembler.limits.ticker)
        }
    }

    private var isDue: Bool {
        guard let batchOpened else { return false }
        return ContinuousClock.now >= batchOpened + assembler.limits.ticker
    }
}
