import LinuxSupport
import Pipeline
import ReplicationProtocol

/// What the reader does for each frame that libpq hands it.
final class ChunkAppend: MicroBenchmark {
    private let frames: [[UInt8]]
    private var chunk = WALChunk(capacity: ChunkAppend.capacity)
    private static let capacity = 512 * 1024

    init(_ table: SampleTable) { frames = (0..<200).map(table.insertFrame) }

    func run(_ count: Int) { Self.run(count, frames, &chunk) }

    private static func run(_ count: Int, _ frames: [[UInt8]], _ chunk: inout WALChunk) {
        var index = 0
        for _ in 0..<count {
            frames[index].withUnsafeBytes { chunk.append($0) }
            index = index + 1 == frames.count ? 0 : index + 1
            if chunk.byteCount >= capacity { chunk.removeAll(keepingCapacity: capacity) }
        }
    }
}

/// A batch's life: opened behind nine others, reported in four parts.
final class Ledger: MicroBenchmark {
    private var ledger = DeliveryLedger()
    private var oldest: UInt32 = 0
    private var lsn: UInt64 = 0

    init() { for _ in 0..<9 { open() } }

    func run(_ count: Int) {
        for _ in 0..<count {
            open()
            oldest += 1
            for _ in 0..<4 { ledger.acknowledge(oldest, records: 500) }
        }
        precondition(ledger.confirmed > .zero, "delivered batches are confirmed")
    }

    private func open() {
        lsn += 100
        _ = ledger.open(records: 2000, bytes: 300_000, confirmable: LSN(rawValue: lsn))
    }
}

/// The same through the lock that three threads share, here without contention.
final class CheckpointBenchmark: MicroBenchmark {
    private let checkpoint = Checkpoint(confirmed: .zero, waking: Wakeup())
    private var lsn: UInt64 = 0

    func run(_ count: Int) {
        for _ in 0..<count {
            lsn += 100
            let number = checkpoint.open(records: 2000, bytes: 300_000, confirmable: LSN(rawValue: lsn))
            for _ in 0..<4 { checkpoint.acknowledge(number, records: 500) }
        }
        precondition(checkpoint.confirmed.rawValue == lsn, "delivered batches are confirmed")
    }
}

/// The reader's question, once a cycle, whether the server wants to hear from us.
final class Feedback: MicroBenchmark {
    private var schedule = FeedbackSchedule(senderTimeout: .seconds(60), now: .now, confirmed: .zero)
    private var now = ContinuousClock.now
    private var lsn: UInt64 = 0

    func run(_ count: Int) {
        for _ in 0..<count {
            lsn += 1
            now += .microseconds(100)
            _ = schedule.isDue(now: now, confirmed: LSN(rawValue: lsn))
        }
    }
}

/// A standby status update's bytes; at most ten a second.
final class StatusUpdate: MicroBenchmark {
    private var length = 0

    func run(_ count: Int) {
        for number in 0..<count {
            let lsn = LSN(rawValue: UInt64(number))
            length &+=
                StandbyStatusUpdate(received: lsn, confirmed: lsn, sendTime: ServerTime(rawValue: 0)).encoded.count
        }
    }
}
