import Observability
import ReplicationProtocol
import RowMapping
import Testing

@testable import Pipeline

@Suite struct BatchAssemblerTests {
    private static let table = DaemonMetrics(registry: MetricRegistry(), version: "test")
        .table(schema: "public", name: "users")

    /// Assembles until something other than a relation comes up, which gets a plan.
    private static func step(
        _ assembler: inout BatchAssembler, _ chunk: borrowing WALChunk, _ frame: inout Int, stopping: Bool = false
    ) throws -> BatchAssembler.Step {
        while true {
            let step = try assembler.assemble(chunk, from: &frame, stoppingAtBoundary: stopping)
            guard case .relation(let relation) = step else { return step }
            let plan = try RowPlan(
                rule: TableRule(topic: "t", key: ["id"]), relation: relation, primaryKey: nil, topic: 0)
            assembler.install(plan, for: relation, counters: table)
        }
    }

    private static func values(_ assembler: borrowing BatchAssembler) -> [String] {
        (0..<assembler.batch.count).map { index in
            let record = assembler.batch[index]
            return String(
                decoding: UnsafeBufferPointer(
                    start: assembler.batch.bytes + record.valueOffset, count: record.valueLength),
                as: UTF8.self)
        }
    }

    private static func assembler(records: Int = 100, bytes: Int = 1 << 20) -> BatchAssembler {
        BatchAssembler(limits: BatchLimits(records: records, bytes: bytes, ticker: .zero))
    }

    @Test func aTransactionBecomesRecordsAndItsEndIsConfirmable() throws {
        var assembler = Self.assembler()
        let chunk = WALChunk([
            Frame.begin(), Frame.relation(), Frame.insert("1", "a"), Frame.insert("2", "b"), Frame.commit(end: 50),
        ])
        var frame = 0
        guard case .consumed = try Self.step(&assembler, chunk, &frame) else {
            Issue.record("the chunk is used up")
            return
        }
        #expect(Self.values(assembler) == [#"{"id":1,"name":"a"}"#, #"{"id":2,"name":"b"}"#])
        #expect(assembler.confirmable == LSN(rawValue: 50) && !assembler.isInTransaction)
        let transactions = [assembler.takeTransactions(), assembler.takeTransactions()]
        #expect(transactions == [1, 0], "what was taken is not counted again")
        assembler.batchWasSent()
        #expect(assembler.batch.isEmpty && assembler.confirmable == nil)
    }

    @Test func aBatchIsFullAtItsNumberOfRecordsAndTheChunkGoesOn() throws {
        var assembler = Self.assembler(records: 2)
        let chunk = WALChunk(
            [Frame.begin(), Frame.relation()] + (1...5).map { Frame.insert("\($0)", "x") } + [Frame.commit(end: 50)])
        var frame = 0
        var sizes: [Int] = []
        while case .full = try Self.step(&assembler, chunk, &frame) {
            sizes.append(assembler.batch.count)
            #expect(assembler.confirmable == nil, "no transaction has ended in this batch")
            assembler.batchWasSent()
        }
        #expect(sizes == [2, 2] && assembler.batch.count == 1)
        #expect(assembler.confirmable == LSN(rawValue: 50))
    }

    @Test func aBatchIsFullAtItsNumberOfBytes() throws {
        var assembler = Self.assembler(bytes: 1000)
        let chunk = WALChunk(
            [Frame.begin(), Frame.relation()]
                + (1...3).map { Frame.insert("\($0)", String(repeating: "x", count: 600)) })
        var frame = 0
        guard case .full = try Self.step(&assembler, chunk, &frame) else {
            Issue.record("two rows are more than 1000 bytes")
            return
        }
        #expect(assembler.batch.count == 2 && frame == 4)
    }

    @Test func itStopsAtTheEndOfTheOpenTransactionAndNotBefore() throws {
        var assembler = Self.assembler()
        let chunk = WALChunk([
            Frame.begin(), Frame.relation(), Frame.insert("1", "a"), Frame.commit(end: 50), Frame.begin(),
            Frame.insert("2", "b"),
        ])
        var frame = 0
        guard case .boundary = try Self.step(&assembler, chunk, &frame, stopping: true) else {
            Issue.record("the first transaction's end is a boundary")
            return
        }
        #expect(assembler.batch.count == 1 && frame == 4 && !assembler.isInTransaction)
    }

    @Test("Failure mode 2: a keepalive inside a transaction confirms nothing")
    func aKeepaliveInsideATransactionConfirmsNothing() throws {
        var assembler = Self.assembler()
        let chunk = WALChunk([
            Frame.keepalive(end: 40), Frame.begin(), Frame.relation(), Frame.insert("1", "a"), Frame.keepalive(end: 99),
        ])
        var frame = 0
        _ = try Self.step(&assembler, chunk, &frame)
        #expect(assembler.confirmable == LSN(rawValue: 40) && assembler.isInTransaction)
        let rest = WALChunk([Frame.commit(end: 120), Frame.keepalive(end: 130)])
        frame = 0
        _ = try Self.step(&assembler, rest, &frame)
        #expect(assembler.confirmable == LSN(rawValue: 130))
    }

    @Test func whatIsConfirmableNeverGoesBack() throws {
        var assembler = Self.assembler()
        let chunk = WALChunk([Frame.keepalive(end: 40), Frame.keepalive(end: 30)])
        var frame = 0
        _ = try Self.step(&assembler, chunk, &frame)
        #expect(assembler.confirmable == LSN(rawValue: 40))
    }

    @Test func aChangedRelationTakesEffectAtTheNextRow() throws {
        var assembler = Self.assembler()
        let chunk = WALChunk([
            Frame.begin(), Frame.relation(), Frame.insert("1", "a"),
            Frame.relation(columns: ["id", "name", "more"]), Frame.insert("2", "b", "c"),
        ])
        var frame = 0
        _ = try Self.step(&assembler, chunk, &frame)
        #expect(Self.values(assembler) == [#"{"id":1,"name":"a"}"#, #"{"id":2,"name":"b","more":"c"}"#])
    }

    @Test func changesOfASkippedTableMakeNoRecords() throws {
        var assembler = Self.assembler()
        let chunk = WALChunk([Frame.begin(), Frame.relation(), Frame.insert("1", "a"), Frame.commit(end: 50)])
        var frame = 0
        guard case .relation(let relation) = try assembler.assemble(chunk, from: &frame, stoppingAtBoundary: false)
        else {
            Issue.record("the relation comes first")
            return
        }
        assembler.install(nil, for: relation, counters: Self.table)
        _ = try Self.step(&assembler, chunk, &frame)
        #expect(assembler.batch.isEmpty && assembler.confirmable == LSN(rawValue: 50))
    }

    @Test func aRelationWithoutAChangeNeedsNoPlan() throws {
        var assembler = Self.assembler()
        let chunk = WALChunk([
            Frame.begin(), Frame.relation(oid: 7, name: "leaf"), Frame.relation(), Frame.insert("1", "a"),
            Frame.commit(end: 50),
        ])
        var frame = 0
        guard case .relation(let relation) = try assembler.assemble(chunk, from: &frame, stoppingAtBoundary: false)
        else {
            Issue.record("the first change wants a plan")
            return
        }
        #expect(relation.name == "users" && frame == 3)
    }

    @Test func aChangeBeforeItsRelationIsAnError() throws {
        var assembler = Self.assembler()
        let chunk = WALChunk([Frame.begin(), Frame.insert(oid: 9, "1", "a")])
        var frame = 0
        do {
            _ = try Self.step(&assembler, chunk, &frame)
            Issue.record("relation 9 was never described")
        } catch let error as PipelineError {
            guard case .mapping(.unknownRelation(9), _) = error else {
                Issue.record("another error: \(error)")
                return
            }
        }
    }

    @Test(
        "A frame cut anywhere is an error, never a trap",
        arguments: [
            Frame.begin(), Frame.commit(end: 5), Frame.relation(), Frame.insert("1", "a"), Frame.keepalive(end: 4),
        ])
    func aFrameCutAnywhereIsAnError(frame: [UInt8]) throws {
        for length in 0..<frame.count {
            var assembler = Self.assembler()
            let chunk = WALChunk([Frame.relation(), Array(frame.prefix(length))])
            var next = 0
            do {
                _ = try Self.step(&assembler, chunk, &next)
                Issue.record("a frame of \(length) bytes was taken")
            } catch let error as PipelineError {
                guard case .malformedStream = error else {
                    Issue.record("another error: \(error)")
                    return
                }
            }
        }
    }

    @Test func changesOfTheKeyAreCompletedForLongerThanOthers() throws {
        var assembler = Self.assembler()
        assembler.thresholds[OID(rawValue: 1)] = SnapshotThreshold(
            skipBelow: LSN(rawValue: 10), completeBelow: LSN(rawValue: 20))
        let update = Frame.update("1", nil)
        let move = Frame.update(oldKey: "1", "2", nil)
        /// Whether values are asked for.
        func isCompleted(_ frame: [UInt8], at lsn: UInt64) throws -> Bool {
            let chunk = WALChunk([Frame.begin(final: lsn), Frame.relation(), frame])
            var index = 0
            while true {
                switch try assembler.assemble(chunk, from: &index, stoppingAtBoundary: false) {
                case .relation(let relation):
                    var rule = TableRule(topic: "t", key: ["id"])
                    let plan = try RowPlan(rule: rule, relation: relation, primaryKey: nil, topic: 0)
                    rule.unchangedTOAST = .reselect
                    assembler.install(
                        plan, completing: try RowPlan(rule: rule, relation: relation, primaryKey: nil, topic: 0),
                        for: relation, counters: Self.table)
                case .reselect(let reselection):
                    #expect(reselection.relation == OID(rawValue: 1))
                    return true
                default: return false
                }
            }
        }
        #expect(try isCompleted(update, at: 19) && isCompleted(move, at: 19))
        #expect(try !isCompleted(update, at: 20) && !isCompleted(move, at: 20))
        assembler.completeKeyChanges(of: OID(rawValue: 1), below: LSN(rawValue: 30))
        #expect(try isCompleted(move, at: 29) && !isCompleted(move, at: 30))
        #expect(try !isCompleted(update, at: 20))
    }
}
