internal import Observability
internal import ReplicationProtocol
internal import RowMapping

/// Turns frames into records: decodes, looks up the table's plan, and lets it write into the batch.
///
/// A value with one owner and no I/O; whatever needs more than the bytes at hand is handed up as a ``Step``.
struct BatchAssembler: ~Copyable {
    enum Step {
        /// The chunk is used up.
        case consumed
        /// The batch has reached its size; go on with the same chunk once it is flushed.
        case full
        /// The first change of a table that has a shape of its own or a new one: ``install(_:for:counters:)`` wants a plan
        /// for it, and the frame is to be done again.
        case relation(Relation)
        /// A transaction has ended, and the caller wanted to stop there.
        case boundary
        /// The change goes to a topic that ``open(topic:number:)`` wants first; the frame is to be done again.
        case topic(String)
        /// Somebody asks for a snapshot; the content of the request.
        case request([UInt8])
        /// The high watermark of a chunk of the requested snapshot, by its number.
        case highMark(UInt64)
        /// The change lacks values that ``assemble(_:_:with:)`` wants, once they were read from the table.
        case reselect(Reselection)
    }

    /// Room behind the limit for the row that reaches it.
    private static let overrun = 64 * 1024

    private(set) var limits: BatchLimits
    var batch: RecordBatch
    /// What may be confirmed once everything up to here is delivered.
    private(set) var confirmable: LSN?
    /// When the first transaction was committed that the batch holds changes of.
    var commitTime: ServerTime?
    var transactions: UInt64 = 0
    /// Where the change at hand stands.
    var context = ChangeContext()
    /// The LSN of the open transaction's commit.
    var finalLSN = LSN.zero
    /// What a snapshot means for changes that the stream is yet to bring, by relation.
    var thresholds: [OID: SnapshotThreshold] = [:]
    /// See ``SnapshotLedger/formerThresholds``.
    var formerThresholds: [TableName: SnapshotThreshold] = [:]
    /// How many changes of the open transaction are done.
    var ordinal: UInt64 = 0
    var tuples = ChangeTuples()
    var tables: [TableState] = []
    var messages: MessageState
    /// What is in Kafka already, and is not sent again; nil once the stream is past it.
    var skip: SourcePosition?
    /// Whether the server's history is the position's; nil once that is known, or cannot be.
    var historyCheck: HistoryCheck?
    /// The last transaction that has come as a whole; nil before the first.
    var lastTransaction: TransactionMark?
    /// How many changes of the open transaction are in Kafka already, from the first on.
    var skippedChanges: UInt64 = 0
    /// Where changes go that cannot become records; nil where no rule asks for it.
    var deadLetter: DeadLetter?

    /// When rows may ask again for topics that were missing; nil when none was.
    private var refusedUntil: ContinuousClock.Instant?

    /// The cluster is asked at most this often for topics that rows name and that do not exist.
    private static let refusalTime = Duration.seconds(10)

    /// The table that is being read for a request.
    var requested: RequestedRelation?

    /// The tables that have had changes since the last batch was sent: what a batch costs does not grow with the number
    /// of tables.
    private(set) var touched: [Int] = []

    private var tableIndexes: [OID: Int] = [:]
    /// At each place of the WAL a name belongs to one table. A table that comes under the name of another one, which has
    /// been dropped or renamed, takes its place: tables that are made anew again and again need no more memory.
    private var tableNames: [TableName: OID] = [:]
    /// Shapes whose tables have had no change since. The server describes relations too that no change follows for: the
    /// partitions of a table that is published as a whole.
    private var described: [OID: Relation] = [:]
    /// Which partitions send their changes as those of which table.
    var partitions = PartitionDescriptions()
    /// The table of the last change; rows of one table come in long runs.
    private var lastRelation: OID?
    private var lastIndex = 0

    init(limits: BatchLimits, messages: [MessageRule] = []) {
        self.limits = limits
        // The row that fills it goes over the limit; most rows are far smaller than this.
        batch = RecordBatch(capacity: limits.bytes + Self.overrun)
        self.messages = MessageState(rules: messages)
    }

    var isInTransaction: Bool { context.transaction != nil }

    /// Works through the frames of `chunk` from `frame` on, and leaves `frame` behind the last one done.
    mutating func assemble(
        _ chunk: borrowing WALChunk, from frame: inout Int, stoppingAtBoundary: Bool
    ) throws(PipelineError) -> Step {
        while frame < chunk.frameCount {
            let step = try chunk.withFrame(frame) { bytes throws(PipelineError) in try take(bytes) }
            switch step {
            case .consumed: frame += 1
            case .boundary:
                frame += 1
                if stoppingAtBoundary { return .boundary }
            case .full, .request, .highMark:
                frame += 1
                return step
            case .relation, .topic, .reselect: return step
            }
            if isFull { return .full }
        }
        return .consumed
    }

    var isFull: Bool { batch.count >= limits.records || batch.byteCount >= limits.bytes }

    // MARK: Tables and topics

    /// The number that a plan for `relation` is to have.
    func number(of relation: Relation) -> Int {
        if let known = tableIndexes[relation.oid] { return known }
        let former = tableNames[TableName(schema: relation.schema, name: relation.name)]
        return former.flatMap { tableIndexes[$0] } ?? tables.count
    }

    /// The shape in force for `relation`'s table, if its changes have a plan.
    func installed(_ relation: Relation) -> Relation? {
        tableIndexes[relation.oid].flatMap { tables[$0].plan?.relation }
    }

    /// Gives the relation's changes a plan, or, without one, says that they are skipped.
    ///
    /// - Parameter completing: for changes that must not leave values out; see ``SnapshotThreshold``.
    mutating func install(
        _ plan: RowPlan?, completing: RowPlan? = nil, for relation: Relation, counters: TableCounters
    ) {
        let index = number(of: relation)
        precondition(plan == nil || plan?.number == Int32(index), "a plan's records say whose they are")
        var state = TableState(plan: plan, relation: relation, counters: counters)
        state.completing = completing
        state.isRequested = requested?.relation.oid == relation.oid
        state.threshold =
            thresholds[relation.oid] ?? formerThresholds[TableName(schema: relation.schema, name: relation.name)]
            ?? SnapshotThreshold()
        if index < tables.count {
            tables[index].publish()
            // Told with the batch, which is not on its way yet.
            state.failures = tables[index].failures
            state.isTouched = tables[index].isTouched
            let former = tables[index].relation
            if former.oid != relation.oid {
                tableIndexes[former.oid] = nil
                partitions.forget(former.oid)
            }
            let formerName = TableName(schema: former.schema, name: former.name)
            if tableNames[formerName] == former.oid { tableNames[formerName] = nil }
            tables[index] = state
        } else {
            tables.append(state)
        }
        tableIndexes[relation.oid] = index
        tableNames[TableName(schema: relation.schema, name: relation.name)] = relation.oid
        described[relation.oid] = nil
        lastRelation = nil
    }

    /// Whether a snapshot has changes of the relation completed that its rule would not.
    func isCompleting(_ relation: OID) -> Bool { tableIndexes[relation].map { tables[$0].completing != nil } ?? false }

    /// Has UPDATEs that change the identity of the relation's rows completed up to `lsn`.
    mutating func completeKeyChanges(of relation: OID, below lsn: LSN) {
        thresholds[relation]?.completeKeyChanges(below: lsn)
        if let index = tableIndexes[relation] { tables[index].threshold.completeKeyChanges(below: lsn) }
    }

    /// Notes a shape that the stream has described.
    mutating func describe(_ relation: Relation) {
        if requested?.relation.oid == relation.oid { requested?.wasDescribed(relation) }
        described[relation.oid] = relation
        partitions.relationCame(relation)
        lastRelation = nil
    }

    /// The shape that waits for a plan, where the table's changes cannot go on without.
    func shapeWithoutPlan(_ relation: OID) -> Relation? { described[relation] }

    /// Puts other limits and rules in force. Every table's next change asks for a plan by way of ``Step/relation(_:)``,
    /// as its first one did.
    mutating func adopt(_ limits: BatchLimits, messages rules: [MessageRule]) {
        precondition(batch.isEmpty && !isInTransaction, "rules change between two transactions")
        self.limits = limits
        messages = MessageState(rules: rules)
        // What is kept for the pipeline alone may be another topic now.
        refusedUntil = nil
        batch.forgetRefusedTopics()
        for table in tables where described[table.relation.oid] == nil {
            described[table.relation.oid] = table.relation
        }
        lastRelation = nil
    }

    /// Says that a topic that a ``Step`` named is open.
    ///
    /// - Throws: where a rule for messages of that topic asks for what messages do not have.
    mutating func open(topic name: String, number: Int) throws(MappingError) {
        batch.open(topic: name, number: number)
        for (index, rule) in messages.rules.enumerated() where rule.topic == name {
            messages.plans[index] = try MessagePlan(rule, topic: number)
        }
    }

    /// Says that rows which name the topic fail. A missing one is asked for again after a while, since it may have been
    /// created.
    mutating func refuse(topic name: String, _ refusal: TopicRefusal) {
        batch.refuse(topic: name, refusal)
        if refusal == .missing, refusedUntil == nil { refusedUntil = .now + Self.refusalTime }
    }

    /// Has rows ask for their topics again, if that is due.
    mutating func forgetRefusedTopics(now: ContinuousClock.Instant) {
        guard let refusedUntil, now >= refusedUntil else { return }
        self.refusedUntil = nil
        batch.forgetRefusedTopics()
    }

    /// The table's number; nil where ``shapeWithoutPlan(_:)`` must be installed first.
    @inline(__always)
    mutating func table(_ relation: OID, at lsn: LSN) throws(PipelineError) -> Int? {
        if lastRelation == relation { return lastIndex }
        return try findTable(relation, at: lsn)
    }

    @inline(never)
    private mutating func findTable(_ relation: OID, at lsn: LSN) throws(PipelineError) -> Int? {
        if described[relation] != nil { return nil }
        guard let index = tableIndexes[relation] else {
            throw .mapping(.unknownRelation(oid: relation.rawValue), at: lsn)
        }
        lastRelation = relation
        lastIndex = index
        touch(index)
        return index
    }

    /// Notes that a table has something to be published with the batch.
    mutating func touch(_ index: Int) {
        guard !tables[index].isTouched else { return }
        tables[index].isTouched = true
        touched.append(index)
    }

    // MARK: The batch

    /// Empties the batch, once it is on its way.
    mutating func batchWasSent() {
        batch.removeAll(keepingCapacity: limits.bytes + Self.overrun)
        confirmable = nil
        commitTime = context.transaction?.commitTime
        for index in touched {
            tables[index].publish()
            tables[index].isTouched = false
        }
        touched.removeAll(keepingCapacity: true)
        // The next change of the same table is to be noted again.
        lastRelation = nil
    }

    /// Takes the transactions counted so far.
    mutating func takeTransactions() -> UInt64 {
        defer { transactions = 0 }
        return transactions
    }

    /// Where the frame at hand stands; a Relation message has no LSN, and takes its transaction's.
    var place: LSN { context.lsn == .zero ? context.transaction?.finalLSN ?? .zero : context.lsn }

    mutating func mayConfirm(_ lsn: LSN) {
        // As long as it is not known whose history this is, the slot keeps all of it.
        guard historyCheck == nil else { return }
        confirmable = max(confirmable ?? .zero, lsn)
    }
}
