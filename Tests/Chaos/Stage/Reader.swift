import Glibc
import Synchronization
import TestSupport

/// Reads all topics from their beginning, on a thread of its own.
///
/// `@unchecked Sendable`: the consumer is used only while the mutex is held.
final class Reader: @unchecked Sendable {
    private struct Open {
        var seen: Set<Int> = []
        var number: Int64?
    }

    private struct State {
        var observed: [Observation] = []
        var cuts: [Int] = []
        /// What could not be understood.
        var strange: [String] = []
        /// Transactions of which some changes have been seen and others not.
        var open: [UInt64: Open] = [:]
        var points = SnapshotPoints()
    }

    private let consumer: RecordConsumer
    private let reading: RecordReading
    private let journal: Journal
    private let mode: SnapshotMode
    private let state = Mutex(State())
    private let stopping = Atomic<Bool>(false)

    init(on stage: ChaosStage, _ journal: Journal) throws {
        reading = RecordReading(of: stage)
        consumer = try RecordConsumer(stage.kafka.cluster.bootstrapServers, topics: reading.names)
        mode = stage.snapshots
        self.journal = journal
        startThread { [self] in
            while !stopping.load(ordering: .relaxed) {
                state.withLock { state in
                    if let records = try? consumer.next() { take(records, into: &state) }
                }
                // Lets others have the lock.
                usleep(500)
            }
        }
    }

    func stop() { stopping.store(true, ordering: .relaxed) }

    var count: Int { state.withLock { $0.observed.count } }
    var result: (observed: [Observation], cuts: [Int], strange: [String]) {
        state.withLock { ($0.observed, $0.cuts, $0.strange) }
    }

    /// Reads what the topics hold now.
    func readToEnd(within limit: Duration = .seconds(60)) throws {
        try state.withLock { state in take(try consumer.recordsToEnd(within: limit), into: &state) }
    }

    /// Notes a moment at which nobody writes to Kafka: what is committed is whole.
    ///
    /// The coordinator may still be at the end of a transaction whose commit it has taken, so a half one gets the time
    /// for that; after it, it is the checker's.
    func cut() throws {
        try? eventually(within: .seconds(10), "whole transactions") {
            try readToEnd()
            return state.withLock { state in
                closeWhole(&state)
                return state.open.isEmpty
            }
        }
        state.withLock { $0.cuts.append($0.observed.count) }
    }

    private func take(_ records: [ConsumedRecord], into state: inout State) {
        for record in records {
            guard let observation = reading.observation(of: record) else {
                if state.strange.count < 20 { state.strange.append("\(record.topic), offset \(record.offset)") }
                continue
            }
            state.observed.append(observation)
            state.points.take(observation, mode)
            guard observation.origin == .stream else { continue }
            var open = state.open[observation.commitLSN] ?? Open()
            open.seen.insert(observation.ordinal)
            open.number = observation.transaction ?? open.number
            let size = open.number.flatMap { journal.size(of: $0) }
            state.open[observation.commitLSN] = open.seen.count == size ? nil : open
        }
        consumer.forget()
    }

    /// Forgets open transactions of which only that is missing which a snapshot's rows have.
    private func closeWhole(_ state: inout State) {
        guard mode.isInitial else { return }
        let points = state.points
        state.open = state.open.filter { lsn, open in
            guard let changes = open.number.flatMap({ journal.changes(of: $0) }) else { return true }
            return changes.indices.contains { index in
                !open.seen.contains(index + 1) && !points.isSkipped(changes[index], commitLSN: lsn)
            }
        }
    }
}
