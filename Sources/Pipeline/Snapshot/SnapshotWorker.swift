internal import LinuxSupport
internal import ReplicationProtocol
internal import RowMapping
internal import Synchronization

/// One thread that reads chunks over a connection of its own and maps their rows into batches.
struct SnapshotWorker: ~Copyable {
    private let number: Int
    private let stretch: SnapshotStretch
    private let exchange: SnapshotExchange
    private let limits: BatchLimits
    private let deadLetter: DeadLetter?
    private var records: RecordBatch
    private var row = CopyRow()
    private var context: ChangeContext
    private var rows: UInt64 = 0
    private var failures: FailedChanges?
    /// Topics that rows decide about, which every batch must know.
    private var topics: [(name: String, number: Int)] = []

    init(
        _ number: Int, of stretch: SnapshotStretch, _ exchange: SnapshotExchange, limits: BatchLimits,
        deadLetter: DeadLetter?
    ) {
        self.number = number
        self.stretch = stretch
        self.exchange = exchange
        self.limits = limits
        self.deadLetter = deadLetter
        records = RecordBatch(capacity: limits.bytes + Self.overrun)
        context = ChangeContext(lsn: stretch.export.consistentPoint)
    }

    /// Room behind the limit for the row that reaches it.
    static let overrun = 64 * 1024

    /// Reads until there is nothing more to read, or all is over.
    mutating func run(_ source: any SnapshotSource) throws(PipelineError) {
        let reader = try source.reader(interruptedBy: exchange.interrupt)
        #if FAILPOINTS
            Failpoint.beforeSnapshotImport.pause()
        #endif
        try reader.begin(importing: stretch.export.name)
        stretch.imported()
        var claimed: Set<Int> = []
        while !exchange.isEnded, let chunk = stretch.next(now: .now) {
            if !claimed.contains(chunk.leaf) {
                guard !stretch.isRewritten(chunk.leaf), try reader.claim(stretch.leaves[chunk.leaf]) else {
                    stretch.wasRewritten(chunk.leaf)
                    continue
                }
                claimed.insert(chunk.leaf)
            }
            guard try read(chunk, with: reader) else { return }
        }
        try reader.end()
    }

    /// - Returns: false when all is over.
    private mutating func read(
        _ chunk: SnapshotChunks.Chunk, with reader: any SnapshotReader
    ) throws(PipelineError) -> Bool {
        let plan = stretch.plans[chunk.leaf]
        let columns = plan.relation.columns.count
        try reader.copy(stretch.leaves[chunk.leaf], pages: chunk.pages)
        while let line = try reader.nextRow() {
            do throws(CopyRowError) { try row.decode(line, columns: columns) } catch {
                throw .malformedRow("\(error)", table: stretch.leaves[chunk.leaf].table)
            }
            if isFull {
                guard send(chunk.leaf, completing: nil) else { return false }
            }
            guard try append(plan, UnsafeRawBufferPointer(line).bytes) else { return false }
            rows &+= 1
        }
        #if FAILPOINTS
            Failpoint.afterChunkRead.reach()
        #endif
        return send(chunk.leaf, completing: chunk.pages)
    }

    private var isFull: Bool { records.count >= limits.records || records.byteCount >= limits.bytes }

    /// - Returns: false when all is over.
    @inline(__always)
    private mutating func append(_ plan: RowPlan, _ bytes: RawSpan) throws(PipelineError) -> Bool {
        while true {
            let mark = records.mark
            do throws(MappingError) {
                try plan.snapshot(row.tuples, bytes, context, to: &records)
                return true
            } catch {
                records.rewind(to: mark)
                if case .unopenedTopic(let name) = error {
                    guard open(name) else { return false }
                    continue
                }
                try giveUp(error, plan, bytes)
                return true
            }
        }
    }

    private mutating func open(_ topic: String) -> Bool {
        switch exchange.number(ofTopic: topic, for: number) {
        case nil: return false
        case .success(let number)?:
            topics.append((topic, number))
            records.open(topic: topic, number: number)
        case .failure(let refusal)?: records.refuse(topic: topic, refusal)
        }
        return true
    }

    /// A row that cannot become a record meets what its rule says.
    private mutating func giveUp(
        _ error: MappingError, _ plan: RowPlan, _ bytes: RawSpan
    ) throws(PipelineError) {
        guard error.isOfOneChange, plan.rule.onError != .stop else { throw PipelineError(error, at: context.lsn) }
        if plan.rule.onError == .deadLetter, let deadLetter {
            deadLetter.append(
                .snapshot, .none, plan, row.tuples, bytes, context, reason: "\(error)", to: &records)
        }
        failures = FailedChanges(
            origin: "\(plan.table)", action: plan.rule.onError, count: (failures?.count ?? 0) + 1, reason: "\(error)",
            lsn: context.lsn)
    }

    /// Hands the batch over.
    ///
    /// - Returns: false when all is over.
    private mutating func send(_ leaf: Int, completing pages: Range<UInt32>?) -> Bool {
        guard let batch = exchange.freeBatch(of: number) else { return false }
        let bytes = records.byteCount
        batch.content.withLock { content in
            swap(&content.records, &records)
            content.leaf = leaf
            content.pages = pages
            content.rows = rows
            content.failures = failures
        }
        for topic in topics { records.open(topic: topic.name, number: topic.number) }
        rows = 0
        failures = nil
        exchange.offer(batch)
        if let deadline = stretch.brake(bytes) { exchange.pause(number, until: deadline) }
        return !exchange.isEnded
    }
}
