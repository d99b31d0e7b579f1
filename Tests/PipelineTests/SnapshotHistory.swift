import ReplicationProtocol

@testable import Pipeline

extension SnapshotWindow {
    /// A transaction of one change to the row `id`, whose UPDATE names no old row.
    mutating func change(_ id: String, xid: UInt32) {
        transactionBegan()
        touch(id, xid: xid)
    }

    mutating func touch(_ id: String, xid: UInt32) {
        var tuples = ChangeTuples()
        let frame = Frame.update(id, "x")
        frame.withUnsafeBytes { bytes in
            let span = bytes.bytes
            guard (try? WALMessage(decoding: span, from: StreamFrame.walDataHeaderLength, into: &tuples)) != nil else {
                preconditionFailure("a frame of ours can be decoded")
            }
            rowChanged(tuples, old: false, new: true, in: bytes, xid: xid)
        }
    }

    mutating func hasNewer(_ id: String) -> Bool {
        var row = CopyRow()
        var line = Array("\(id)\tx\n".utf8)
        return line.withUnsafeMutableBytes { bytes in
            guard (try? row.decode(bytes, columns: 2)) != nil else {
                preconditionFailure("a line of ours can be decoded")
            }
            return isTouched(row, in: UnsafeRawBufferPointer(bytes))
        }
    }
}

/// A table whose rows lie on pages, its WAL, and a consumer of stream and chunks.
struct SnapshotHistory {
    private struct Change {
        var id: Int
        /// nil for a deletion.
        var value: Int?
    }

    private enum Event {
        case transaction(xid: UInt32, [Change])
        case low(UInt64)
        case high(UInt64)
    }

    private struct Row {
        var value: Int
        var page: Int
    }

    private static let pages = 6

    private var random: SeededRandom
    private var window: SnapshotWindow
    private var wal: [Event] = []
    /// Committed states, each as the next transaction to become visible leaves it.
    private var visible: [Int: Row] = [:]
    /// In the WAL, not yet seen by snapshots.
    private var waiting: [(xid: UInt32, changes: [Change])] = []
    private var latest: [Int: Row] = [:]
    private var nextXID: UInt32 = 100
    private(set) var folded: [Int: Int] = [:]
    private(set) var sent = 0

    init(seed: UInt64, window: SnapshotWindow) {
        random = SeededRandom(seed: seed)
        self.window = window
        for id in 0..<30 { latest[id] = Row(value: id, page: id % Self.pages) }
        visible = latest
    }

    var table: [Int: Int] { latest.mapValues(\.value) }

    mutating func run() {
        var chunk: UInt64 = 0
        var page = 0
        while page < Self.pages {
            write(atMost: 3)
            chunk += 1
            wal.append(.low(chunk))
            write(atMost: 3)
            let snapshot = snapshot
            let rows = visible.filter { $0.value.page == page }.mapValues(\.value)
            write(atMost: 3)
            wal.append(.high(chunk))
            write(atMost: 2)
            if stream(until: chunk, snapshot, rows) { page += 1 }
        }
        write(atMost: 3)
        while !wal.isEmpty { play(wal.removeFirst()) }
    }

    /// What a snapshot sees now: everything but what waits.
    private var snapshot: TransactionSnapshot {
        let running = waiting.map { UInt64($0.xid) }.sorted()
        return TransactionSnapshot(
            xmin: running.first ?? UInt64(nextXID), xmax: UInt64(nextXID), inProgress: running)
    }

    private mutating func write(atMost count: Int) {
        for _ in 0..<Int.random(in: 0...count, using: &random) {
            let xid = nextXID
            nextXID += 1
            let changes = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                Change(
                    id: Int.random(in: 0..<36, using: &random),
                    value: Int.random(in: 0..<4, using: &random) == 0
                        ? nil : Int.random(in: 100..<1_000_000, using: &random))
            }
            apply(changes, to: &latest)
            wal.append(.transaction(xid: xid, changes))
            waiting.append((xid, changes))
            // Others see it soon, but in the order of the commits as far as they change the same rows: those hold locks.
            if Int.random(in: 0..<3, using: &random) == 0 { showWaiting() }
        }
        if Int.random(in: 0..<3, using: &random) == 0 { showWaiting() }
    }

    private mutating func showWaiting() {
        for transaction in waiting { apply(transaction.changes, to: &visible) }
        waiting.removeAll()
    }

    /// A row that is changed may move to another page, as UPDATEs do.
    private func apply(_ changes: [Change], to table: inout [Int: Row]) {
        for change in changes {
            table[change.id] = change.value.map { Row(value: $0, page: $0 % Self.pages) }
        }
    }

    private mutating func play(_ event: Event) {
        guard case .transaction(let xid, let changes) = event else { return }
        window.transactionBegan()
        for change in changes {
            window.touch("\(change.id)", xid: xid)
            folded[change.id] = change.value
        }
    }

    /// Plays the WAL up to the chunk's high mark; returns whether the chunk is done.
    private mutating func stream(until chunk: UInt64, _ snapshot: TransactionSnapshot, _ rows: [Int: Int]) -> Bool {
        while true {
            let event = wal.removeFirst()
            switch event {
            case .transaction: play(event)
            case .low(let number): window.lowMark(of: number)
            case .high(let number):
                guard number == chunk, window.highMark(of: number, snapshot) == .send else {
                    showWaiting()
                    return false
                }
                for (id, value) in rows where !window.hasNewer("\(id)") {
                    folded[id] = value
                    sent += 1
                }
                return true
            }
        }
    }
}
