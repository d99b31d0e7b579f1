import Observability
import ReplicationProtocol
import RowMapping
import Testing

@testable import Pipeline

/// What is in Kafka already is not sent again.
@Suite struct SkipTests {
    private static let counters = DaemonMetrics(registry: MetricRegistry(), version: "test")
        .table(schema: "public", name: "users")

    /// Three transactions that end at 100, 200 and 300, of two rows each.
    private static let frames =
        [Frame.begin(xid: 1, final: 90), Frame.relation(), Frame.insert("1", "a"), Frame.insert("2", "a")]
        + [Frame.commit(end: 100), Frame.begin(xid: 2, final: 190), Frame.insert("3", "b"), Frame.insert("4", "b")]
        + [Frame.commit(end: 200), Frame.begin(xid: 3, final: 290), Frame.insert("5", "c"), Frame.insert("6", "c")]
        + [Frame.commit(end: 300)]

    private static func ids(_ frames: [[UInt8]] = frames, behind position: SourcePosition?) throws -> [String] {
        var assembler = BatchAssembler(limits: BatchLimits(records: 100, bytes: 1 << 20, ticker: .zero))
        assembler.skip = position
        let chunk = WALChunk(frames)
        var frame = 0
        while case .relation(let relation) = try assembler.assemble(chunk, from: &frame, stoppingAtBoundary: false) {
            let plan = try RowPlan(
                rule: TableRule(topic: "t", key: ["id"]), relation: relation, primaryKey: nil, topic: 0)
            assembler.install(plan, for: relation, counters: counters)
        }
        return (0..<assembler.batch.count).map { index in
            let record = assembler.batch[index]
            return String(
                decoding: UnsafeBufferPointer(
                    start: assembler.batch.bytes + record.keyOffset, count: record.keyLength), as: UTF8.self)
        }
    }

    @Test("What was committed where only WAL without transactions had moved the position is not in Kafka")
    func whatComesBehindTheMarkIsNew() throws {
        var position = SourcePosition(lsn: LSN(rawValue: 250))
        #expect(try Self.ids(behind: position) == ["5", "6"])
        position.mark = TransactionMark(
            xid: 1, commit: LSN(rawValue: 90), end: LSN(rawValue: 100), time: nil, publication: "p")
        #expect(try Self.ids(behind: position) == ["3", "4", "5", "6"])
        position.partial = .init(xid: 3, finalLSN: LSN(rawValue: 290), changes: 1)
        #expect(try Self.ids(behind: position) == ["3", "4", "6"])
    }

    @Test(
        arguments: [
            (nil, ["1", "2", "3", "4", "5", "6"]), (0, ["1", "2", "3", "4", "5", "6"]), (100, ["3", "4", "5", "6"]),
            (200, ["5", "6"]), (250, ["5", "6"]), (300, []),
        ] as [(UInt64?, [String])])
    func transactionsThatEndAtOrBelowThePositionAreSkipped(lsn: UInt64?, expected: [String]) throws {
        let position = lsn.map { SourcePosition(lsn: LSN(rawValue: $0)) }
        #expect(try Self.ids(behind: position) == expected)
    }

    @Test(arguments: [(0, ["3", "4", "5", "6"]), (1, ["4", "5", "6"]), (2, ["5", "6"])] as [(UInt64, [String])])
    func aTransactionThatWasCutGoesOnBehindItsChangesThatAreDone(changes: UInt64, expected: [String]) throws {
        let position = SourcePosition(
            lsn: LSN(rawValue: 100), partial: .init(xid: 2, finalLSN: LSN(rawValue: 190), changes: changes))
        #expect(try Self.ids(behind: position) == expected)
    }

    @Test func anotherTransactionWithTheSameXidIsNotTakenForTheOneThatWasCut() throws {
        let position = SourcePosition(
            lsn: LSN(rawValue: 100), partial: .init(xid: 2, finalLSN: LSN(rawValue: 150), changes: 1))
        #expect(try Self.ids(behind: position) == ["3", "4", "5", "6"])
    }

    @Test func aTransactionThatWasCutStaysKnownUntilItHasCome() {
        var assembler = BatchAssembler(limits: BatchLimits(records: 100, bytes: 1 << 20, ticker: .zero))
        let partial = SourcePosition.Partial(xid: 2, finalLSN: LSN(rawValue: 190), changes: 1)
        assembler.skip = SourcePosition(lsn: LSN(rawValue: 100), partial: partial)
        // As far as a keepalive in the middle of it says.
        #expect(assembler.cutTransaction(behind: LSN(rawValue: 150)) == partial)
        #expect(assembler.cutTransaction(behind: LSN(rawValue: 200)) == nil)
        assembler.skip = nil
        #expect(assembler.cutTransaction(behind: LSN(rawValue: 150)) == nil)
    }
}
