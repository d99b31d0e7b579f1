import Observability
import ReplicationProtocol
import RowMapping
import Testing

@testable import Pipeline

/// What tables cost when there are thousands of them, and when they come and go.
@Suite struct ManyTablesTests {
    private let metrics = DaemonMetrics(registry: MetricRegistry(), version: "test")

    /// Assembles the frames of one transaction and gives a plan to each table that asks for one.
    private func assemble(_ frames: [[UInt8]], _ assembler: inout BatchAssembler) throws {
        let chunk = WALChunk([Frame.begin()] + frames + [Frame.commit(end: 50)])
        var frame = 0
        while true {
            guard case .relation(let relation) = try assembler.assemble(chunk, from: &frame, stoppingAtBoundary: false)
            else { return }
            let plan = try RowPlan(
                rule: TableRule(topic: "t", key: ["id"]), relation: relation, primaryKey: nil, topic: 0,
                number: assembler.number(of: relation))
            assembler.install(
                plan, for: relation, counters: metrics.table(schema: relation.schema, name: relation.name))
        }
    }

    private func assembler() -> BatchAssembler {
        BatchAssembler(limits: BatchLimits(records: 100_000, bytes: 1 << 30, ticker: .zero))
    }

    @Test func aBatchPublishesTheTablesThatItHasChangesOfAndNoOthers() throws {
        var assembler = assembler()
        for oid in 1...500 as ClosedRange<UInt32> {
            try assemble([Frame.relation(oid: oid, name: "t\(oid)"), Frame.insert(oid: oid, "1", "a")], &assembler)
        }
        var touched = assembler.touched.count
        #expect(touched == 500)
        assembler.batchWasSent()
        try assemble([Frame.insert(oid: 7, "2", "b"), Frame.insert(oid: 7, "3", "c")], &assembler)
        touched = assembler.touched.count
        #expect(touched == 1)
        assembler.batchWasSent()
        // The table of the last change again, which is not looked up anew.
        try assemble([Frame.insert(oid: 7, "4", "d")], &assembler)
        touched = assembler.touched.count
        #expect(touched == 1)
        assembler.batchWasSent()
        #expect(metrics.table(schema: "public", name: "t7").inserts.value == 4)
        #expect(metrics.table(schema: "public", name: "t8").inserts.value == 1)
    }

    @Test func aTableThatIsMadeAnewTakesThePlaceOfItsNamesake() throws {
        var assembler = assembler()
        for oid in 1...1000 as ClosedRange<UInt32> {
            try assemble([Frame.relation(oid: oid), Frame.insert(oid: oid, "\(oid)", "a")], &assembler)
        }
        let (tables, records) = (assembler.tables.count, assembler.batch.count)
        #expect(tables == 1 && records == 1000)
        #expect(throws: PipelineError.self, "the table before has been dropped") {
            try assemble([Frame.insert(oid: 1, "1", "a")], &assembler)
        }
    }

    @Test func tablesThatChangeTheirNamesKeepTheirChangesApart() throws {
        var assembler = assembler()
        try assemble([Frame.relation(oid: 1, name: "a"), Frame.insert(oid: 1, "1", "x")], &assembler)
        try assemble([Frame.relation(oid: 2, name: "b"), Frame.insert(oid: 2, "1", "x")], &assembler)
        // a and b change places; b comes first.
        try assemble([Frame.relation(oid: 2, name: "a"), Frame.insert(oid: 2, "2", "x")], &assembler)
        try assemble([Frame.relation(oid: 1, name: "b"), Frame.insert(oid: 1, "2", "x")], &assembler)
        try assemble([Frame.insert(oid: 2, "3", "x")], &assembler)
        let names = (0..<assembler.batch.count).map {
            let table = assembler.tables[Int(assembler.batch[$0].table)].relation
            return "\(table.name)\(table.oid.rawValue)"
        }
        // A record's table says which rule holds for it if the client refuses it: that of the name it has by now.
        #expect(names == ["b1", "a2", "a2", "b1", "a2"])
        assembler.batchWasSent()
        #expect(metrics.table(schema: "public", name: "a").inserts.value == 3)
        #expect(metrics.table(schema: "public", name: "b").inserts.value == 2)
    }
}
