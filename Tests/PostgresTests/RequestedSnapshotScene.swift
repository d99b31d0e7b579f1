import LinuxSupport
import Logging
import Postgres
import ReplicationProtocol
import Synchronization
import TestSupport

@testable import Pipeline
@testable import pqcdc_kafka

/// A consumer that folds a table's stream and the chunks of a requested snapshot, as the batcher sends them.
final class RequestedSnapshotScene {
    let scene: SnapshotScene
    let slot = UniqueName.next("slot")
    let exchange = ChunkExchange()
    let wakeup = Wakeup()
    private let end = End()
    private var window: SnapshotWindow?
    private var tuples = ChangeTuples()
    private var xid: UInt32 = 0
    private(set) var folded: [String: String] = [:]
    private(set) var chunks = 0
    private(set) var left = 0
    /// Bytes of the largest chunk.
    private(set) var largest = 0
    private var isStreamed = false

    private final class End: Sendable {
        let result = Mutex<Result<Bool, PostgresError>?>(nil)
    }

    /// - Parameter table: the definition of `t`, whose columns are `id` and others.
    init(_ table: String) throws {
        scene = try SnapshotScene(table + "; CREATE PUBLICATION p FOR TABLE t")
        try scene.database.sql.execute("SELECT pg_create_logical_replication_slot('\(slot)', 'pgoutput')")
    }

    deinit {
        exchange.stop()
        wakeup.signal()
        _ = try? scene.database.sql.execute("SELECT pg_drop_replication_slot('\(slot)')")
    }

    /// Starts the thread that reads `t`.
    func start(
        chunkSize: Int, chunkBytes: Int = 1 << 20, maxRate: Int? = nil
    ) throws {
        let made = RequestedSnapshotReader(
            parameters: scene.database.parameters, slot: slot, run: 7,
            tables: try scene.tables("t", publication: "p").map(SnapshotLeaf.init),
            from: [TupleID(page: 0, item: 0)], chunkSize: chunkSize, chunkBytes: chunkBytes,
            maxRate: maxRate, exchange: exchange, wakeup: wakeup, logger: Logger(label: "test"))
        let end = end
        DedicatedThread.start(name: "test") {
            var reader = made
            let result: Result<Bool, PostgresError>
            do throws(PostgresError) { result = .success(try reader.read()) } catch { result = .failure(error) }
            end.result.withLock { $0 = result }
        }
    }

    var result: Result<Bool, PostgresError>? { end.result.withLock { $0 } }

    /// Plays what the slot has.
    func stream() throws {
        let rows = try scene.database.sql.query(
            """
            SELECT encode(data, 'hex') FROM pg_logical_slot_get_binary_changes('\(slot)', NULL, NULL,
                'proto_version', '1', 'publication_names', 'p', 'messages', 'true')
            """)
        for row in rows { try play(Self.bytes(row[0] ?? "")) }
    }

    private func play(_ bytes: [UInt8]) throws {
        let message = try bytes.withUnsafeBytes { raw in try WALMessage(decoding: raw.bytes, from: 0, into: &tuples) }
        switch message {
        case .relation(let relation):
            if window == nil, let identity = RowIdentity(relation, primaryKey: ["id"]) {
                window = SnapshotWindow(identity: identity, limit: 1 << 20)
            }
        case .begin(let begin):
            xid = begin.xid
            window?.transactionBegan()
        case .insert: change(bytes, old: false, new: true)
        case .update(_, let old): change(bytes, old: old != .none, new: true)
        case .delete: change(bytes, old: true, new: false)
        case .message(let message) where message.prefix == Watermark.prefix:
            try take(Watermark(json: Array(bytes[message.content])))
        default: break
        }
    }

    private func change(_ bytes: [UInt8], old: Bool, new: Bool) {
        bytes.withUnsafeBytes { window?.rowChanged(tuples, old: old, new: new, in: $0, xid: xid) }
        if old { folded[Self.text(tuples.old[0], bytes)] = nil }
        if new { folded[Self.text(tuples.new[0], bytes)] = Self.text(tuples.new[1], bytes) }
    }

    private func take(_ mark: Watermark) throws {
        // No change so far has told the table's shape.
        if window == nil, let table = try scene.tables("t", publication: "p").first {
            window = RowIdentity(table.relation, primaryKey: ["id"]).map {
                SnapshotWindow(identity: $0, limit: 1 << 20)
            }
        }
        if mark.kind == .low {
            window?.lowMark(of: mark.chunk)
            return
        }
        guard var chunk = exchange.take(run: mark.run, number: mark.chunk) else {
            throw HarnessError("a high mark without its chunk")
        }
        guard window?.highMark(of: mark.chunk, chunk.snapshot) == .send else {
            exchange.answer(.readAgain)
            return
        }
        chunks += 1
        var row = CopyRow()
        largest = max(largest, chunk.lines.byteCount)
        for index in 0..<chunk.lines.count {
            try chunk.lines.withLine(index) { line in
                try row.decode(line, columns: 2)
                let bytes = UnsafeRawBufferPointer(line)
                if window?.isTouched(row, in: bytes) == true {
                    left += 1
                } else {
                    folded[Self.text(row.tuples.new[0], Array(bytes))] = Self.text(row.tuples.new[1], Array(bytes))
                }
            }
        }
        exchange.answer(.sent(bytes: chunk.lines.byteCount))
    }

    private static func text(_ slice: ColumnSlice, _ bytes: [UInt8]) -> String {
        String(decoding: bytes[slice.range], as: UTF8.self)
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0 }
    }

    /// The table as it is now.
    func table() throws -> [String: String] {
        let rows = try scene.database.sql.query("SELECT id::text, body FROM t")
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] ?? "", $0[1] ?? "") })
    }
}
