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
        /// A table's shape, for which ``install(_:for:)`` wants a plan before the chunk can go on.
        case relation(Relation)
        /// A transaction has ended, and the caller wanted to stop there.
        case boundary
    }

    /// Room behind the limit for the row that reaches it.
    private static let overrun = 64 * 1024

    let limits: BatchLimits
    private(set) var batch: RecordBatch
    /// What may be confirmed once everything up to here is delivered.
    private(set) var confirmable: LSN?
    private(set) var isInTransaction = false
    private(set) var transactions: UInt64 = 0

    private var tuples = ChangeTuples()
    private var tables: [TableState] = []
    private var tableIndexes: [OID: Int] = [:]
    /// The table of the last change; rows of one table come in long runs.
    private var lastRelation: OID?
    private var lastIndex = 0

    init(limits: BatchLimits) {
        self.limits = limits
        // The row that fills it goes over the limit; most rows are far smaller than this.
        batch = RecordBatch(capacity: limits.bytes + Self.overrun)
    }

    /// Works through the frames of `chunk` from `frame` on, and leaves `frame` behind the last one done.
    mutating func assemble(
        _ chunk: borrowing WALChunk, from frame: inout Int, stoppingAtBoundary: Bool
    ) throws(PipelineError) -> Step {
        while frame < chunk.frameCount {
            let step = try chunk.withFrame(frame) { bytes throws(PipelineError) in try take(bytes) }
            frame += 1
            switch step {
            case .consumed: break
            case .boundary: if stoppingAtBoundary { return .boundary }
            case .relation, .full: return step
            }
            if batch.count >= limits.records || batch.byteCount >= limits.bytes { return .full }
        }
        return .consumed
    }

    /// Gives the relation's changes a plan, or, without one, says that they are skipped.
    mutating func install(_ plan: RowPlan?, for relation: Relation, counters: TableCounters) {
        let state = TableState(plan: plan, relation: relation, counters: counters)
        if let index = tableIndexes[relation.oid] {
            tables[index].publish()
            tables[index] = state
        } else {
            tableIndexes[relation.oid] = tables.count
            tables.append(state)
        }
        lastRelation = nil
    }

    /// The plan in force for `relation`, if it was made for just this shape.
    func plan(for relation: Relation) -> RowPlan? {
        guard let index = tableIndexes[relation.oid], tables[index].relation == relation else { return nil }
        return tables[index].plan
    }

    /// Empties the batch, once it is on its way.
    mutating func batchWasSent() {
        batch.removeAll(keepingCapacity: limits.bytes + Self.overrun)
        confirmable = nil
        for index in tables.indices { tables[index].publish() }
    }

    /// Takes the transactions counted so far.
    mutating func takeTransactions() -> UInt64 {
        defer { transactions = 0 }
        return transactions
    }

    // MARK: One frame

    @inline(__always)
    private mutating func take(_ bytes: RawSpan) throws(PipelineError) -> Step {
        let frame: StreamFrame
        do { frame = try StreamFrame(decoding: bytes) } catch {
            throw .malformedStream(error, at: confirmable ?? .zero)
        }
        switch frame {
        case .keepalive(let walEnd, _, _):
            // Everything below has been decoded and sent, and all of it that is ours came before this frame.
            if !isInTransaction { confirmable = max(confirmable ?? .zero, walEnd) }
            return isInTransaction ? .consumed : .boundary
        case .walData(let walStart, _, _):
            return try take(bytes, at: walStart)
        }
    }

    @inline(__always)
    private mutating func take(_ bytes: RawSpan, at lsn: LSN) throws(PipelineError) -> Step {
        guard let change = WALMessage.rowChange(in: bytes, from: StreamFrame.walDataHeaderLength) else {
            return try takeOther(bytes, at: lsn)
        }
        let index = try table(change.relation, at: lsn)
        tables[index].count(change.kind)
        // A table without a rule costs its header and this look-up.
        guard let plan = tables[index].plan else { return .consumed }
        let message = try decode(bytes, at: lsn)
        do throws(MappingError) {
            switch message {
            case .insert: try plan.insert(tuples, bytes, to: &batch)
            case .update(_, let old): try plan.update(old, tuples, bytes, to: &batch)
            case .delete(_, let old): try plan.delete(old, tuples, bytes, to: &batch)
            default: preconditionFailure("a row's change decodes as one")
            }
        } catch {
            throw .mapping(error, at: lsn)
        }
        return .consumed
    }

    /// Everything but the changes of rows.
    private mutating func takeOther(_ bytes: RawSpan, at lsn: LSN) throws(PipelineError) -> Step {
        switch try decode(bytes, at: lsn) {
        case .relation(let relation): return .relation(relation)
        case .begin: isInTransaction = true
        case .commit(let commit):
            isInTransaction = false
            transactions &+= 1
            confirmable = max(confirmable ?? .zero, commit.endLSN)
            return .boundary
        case .truncate(let truncate):
            for relation in truncate.relations {
                let index = try table(relation, at: lsn)
                tables[index].truncates &+= 1
                tables[index].plan?.truncate(truncate, to: &batch)
            }
        case .origin, .type, .message: break
        case .insert, .update, .delete: preconditionFailure("the changes of rows are taken elsewhere")
        }
        return .consumed
    }

    @inline(__always)
    private mutating func decode(_ bytes: RawSpan, at lsn: LSN) throws(PipelineError) -> WALMessage {
        do throws(ProtocolError) {
            return try WALMessage(decoding: bytes, from: StreamFrame.walDataHeaderLength, into: &tuples)
        } catch {
            throw .malformedStream(error, at: lsn)
        }
    }

    @inline(__always)
    private mutating func table(_ relation: OID, at lsn: LSN) throws(PipelineError) -> Int {
        if lastRelation == relation { return lastIndex }
        guard let index = tableIndexes[relation] else {
            throw .mapping(.unknownRelation(oid: relation.rawValue), at: lsn)
        }
        lastRelation = relation
        lastIndex = index
        return index
    }
}
