internal import Logging
internal import Observability
internal import ReplicationProtocol
internal import RowMapping

/// Turns chunks into batches and hands them to Kafka: the middle of the pipeline.
///
/// Suspends when the handoff is empty or too much is in flight, and never blocks a thread.
actor Batcher {
    private let session: Session
    private let sink: any RecordSink
    private let catalog: any Catalog
    private let rules: MappingRules
    private let inFlightLimit: Int
    private let ticker: BatchTicker
    private let metrics: DaemonMetrics
    private let logger: Logger
    private var assembler: BatchAssembler
    /// When the batch's first record came; nil while it is empty.
    private var batchOpened: ContinuousClock.Instant?

    init(
        session: Session, sink: sending any RecordSink, catalog: any Catalog, plan: PipelinePlan, ticker: BatchTicker,
        metrics: DaemonMetrics, logger: Logger
    ) {
        self.session = session
        self.sink = sink
        self.catalog = catalog
        self.ticker = ticker
        self.metrics = metrics
        self.logger = logger
        rules = plan.rules
        inFlightLimit = plan.inFlightLimit
        assembler = BatchAssembler(limits: plan.batch)
    }

    /// Runs until the session ends: by a failure, which is thrown, or by a stop, after which everything is delivered.
    func run() async throws(PipelineError) {
        var isStopped = false
        while !isStopped {
            switch try await session.handoff.next() {
            case .chunk(var chunk):
                isStopped = try await work(through: &chunk)
                session.handoff.giveBack(chunk)
            case .tick:
                if isDue { try await flush() }
            case .stopRequested:
                // In the middle of a transaction: its rest is on the way, and only then nothing is sent twice.
                isStopped = !assembler.isInTransaction
                if !isStopped { isStopped = try await finishTransaction() }
            }
        }
        try await flush()
        try await session.checkpoint.wait { records, _ in records == 0 }
        session.handoff.finish()
    }

    /// Ends the sink; everything it still holds is given up.
    func close() async { await sink.close() }

    // MARK: Chunks

    /// - Returns: whether to stop, because that was asked for and a transaction has just ended.
    private func work(through chunk: inout WALChunk) async throws(PipelineError) -> Bool {
        var frame = 0
        let isStopping = session.handoff.isStopRequested
        if isStopping, !assembler.isInTransaction { return true }
        while true {
            switch try assembler.assemble(chunk, from: &frame, stoppingAtBoundary: isStopping) {
            case .full: try await flush()
            case .relation(let relation): try await install(relation)
            case .boundary: return true
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

    /// The chunk is used up: flush, or arrange for it.
    private func settle() async throws(PipelineError) {
        if assembler.batch.isEmpty {
            // Empty transactions and keepalives are confirmed at once.
            if assembler.confirmable != nil { try await flush() }
            return
        }
        let opened = batchOpened ?? .now
        if batchOpened == nil { batchOpened = opened }
        if assembler.limits.ticker == .zero {
            if session.handoff.isEmpty { try await flush() }
        } else if isDue {
            try await flush()
        } else {
            ticker.start(until: opened + assembler.limits.ticker)
        }
    }

    private var isDue: Bool {
        guard let batchOpened else { return false }
        return ContinuousClock.now >= batchOpened + assembler.limits.ticker
    }

    // MARK: Relations

    private func install(_ relation: Relation) async throws(PipelineError) {
        let name = TableName(schema: relation.schema, name: relation.name)
        let counters = metrics.table(schema: name.schema, name: name.name)
        guard let rule = rules.rule(for: name) else {
            if rules.unmapped == .error { throw .mapping(.unmappedTable(name), at: assembler.confirmable ?? .zero) }
            logger.warning(
                "skipping changes of a table that no rule names; add it to mapping.tables or take it out of the publication",
                metadata: ["table": "\(name)"])
            assembler.install(nil, for: relation, counters: counters)
            return
        }
        var primaryKey: [String]?
        if RowPlan.needsPrimaryKey(rule: rule, relation: relation) {
            primaryKey = try await catalog.primaryKey(of: relation.oid)
            // With an identity other than the primary key, its marks must not stand in for a key that is not there.
            if primaryKey == nil, relation.replicaIdentity != .default { primaryKey = [] }
        }
        let unknown = RowPlan.unknownTypes(in: relation)
        let types = unknown.isEmpty ? [:] : try await catalog.types(unknown)
        let topic = try await sink.openTopic(rule.topic.text)
        do {
            let plan = try RowPlan(rule: rule, relation: relation, primaryKey: primaryKey, types: types, topic: topic)
            assembler.install(plan, for: relation, counters: counters)
            if !plan.missingColumns.isEmpty {
                logger.warning(
                    "the table no longer has columns that its columns rule names; the rule is without effect for them",
                    metadata: ["table": "\(name)", "columns": "\(plan.missingColumns.joined(separator: ","))"])
            }
            logger.info(
                "mapped table",
                metadata: [
                    "table": "\(name)", "topic": "\(rule.topic)", "columns": "\(relation.columns.count)",
                    "key": "\(plan.keyColumns.joined(separator: ","))",
                ])
        } catch {
            throw .mapping(error, at: assembler.confirmable ?? .zero)
        }
    }

    // MARK: Flushing

    private func flush() async throws(PipelineError) {
        let records = assembler.batch.count
        guard records > 0 || assembler.confirmable != nil else { return }
        // What librdkafka keeps for each record besides its bytes.
        let bytes = assembler.batch.byteCount + records * PipelinePlan.recordOverhead
        let limit = inFlightLimit
        if records > 0 {
            try await session.checkpoint.wait { inFlight, held in inFlight == 0 || held + bytes <= limit }
        }
        let number = session.checkpoint.open(records: records, bytes: bytes, confirmable: assembler.confirmable)
        var next = 0
        while next < records {
            next = try sink.send(assembler.batch, from: next, batch: number)
            if next < records {
                // The client's own queue is full: it has room again once anything is delivered.
                let before = session.checkpoint.inFlight.records
                try await session.checkpoint.wait { inFlight, _ in inFlight < before }
            }
        }
        metrics.transactions.increment(by: assembler.takeTransactions())
        assembler.batchWasSent()
        batchOpened = nil
    }
}
