import ReplicationProtocol
import RowMapping

/// What the batcher does for each row: decode it, and encode key and value into a batch.
final class DecodeEncode: MicroBenchmark {
    private let chunk: WALChunk
    private let plan: RowPlan
    private var tuples = ChangeTuples()
    private var batch = RecordBatch(capacity: DecodeEncode.batchBytes)

    // The daemon's own limits of a batch.
    private static let batchBytes = 1 << 20
    private static let batchRecords = 2000

    init(
        _ table: SampleTable, updates: Bool = false, _ adjust: (inout TableRule) throws -> Void = { _ in }
    ) throws {
        chunk = WALChunk((0..<200).map(updates ? table.updateFrame : table.insertFrame))
        plan = try table.plan(adjust)
        // What a row may ask for is open, as it is after the first of them.
        for number in 0..<1000 { batch.open(topic: "t.\(number)", number: number) }
    }

    func run(_ count: Int) throws { try Self.run(count, chunk, plan, &tuples, &batch) }

    private static func run(
        _ count: Int, _ chunk: borrowing WALChunk, _ plan: RowPlan, _ tuples: inout ChangeTuples,
        _ batch: inout RecordBatch
    ) throws {
        var frame = 0
        let context = ChangeContext(
            lsn: LSN(rawValue: 0x16_B374_D848), ordinal: 1,
            transaction: Begin(
                finalLSN: LSN(rawValue: 0x16_B374_D900), commitTime: ServerTime(rawValue: 848_656_800_123_456), xid: 771
            ))
        for _ in 0..<count {
            try chunk.withFrame(frame) { bytes in
                _ = try StreamFrame(decoding: bytes)
                let message = try WALMessage(
                    decoding: bytes, from: StreamFrame.walDataHeaderLength, into: &tuples)
                switch message {
                case .insert: try plan.insert(tuples, bytes, context, to: &batch)
                case .update(_, let old): try plan.update(old, tuples, bytes, context, to: &batch)
                default: preconditionFailure("the chunk holds inserts and updates")
                }
            }
            frame = frame + 1 == chunk.frameCount ? 0 : frame + 1
            if batch.count >= batchRecords || batch.byteCount >= batchBytes {
                batch.removeAll(keepingCapacity: batchBytes)
            }
        }
    }
}
