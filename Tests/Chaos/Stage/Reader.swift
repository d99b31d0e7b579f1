import Glibc
import Synchronization
import TestSupport

/// Reads all topics from their beginning, on a thread of its own.
///
/// `@unchecked Sendable`: the consumer is used only while the mutex is held.
final class Reader: @unchecked Sendable {
    private struct State {
        var observed: [Observation] = []
        var cuts: [Int] = []
        /// What could not be understood.
        var strange: [String] = []
        /// Transactions of which some changes have been seen and others not: how many, and the writer's number.
        var open: [UInt64: (seen: Set<Int>, number: Int64?)] = [:]
    }

    private let consumer: RecordConsumer
    private let journal: Journal
    private let partitions: [String: Int]
    private let state = Mutex(State())
    private let stopping = Atomic<Bool>(false)

    init(on stage: ChaosStage, _ journal: Journal) throws {
        let topics = [stage.entries, stage.accounts, stage.marks]
        consumer = try RecordConsumer(stage.kafka.cluster.bootstrapServers, topics: topics)
        // Four numbers for each topic's partitions.
        partitions = Dictionary(uniqueKeysWithValues: topics.enumerated().map { ($1, $0 * 4) })
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
            return state.withLock { $0.open.isEmpty }
        }
        state.withLock { $0.cuts.append($0.observed.count) }
    }

    private func take(_ records: [ConsumedRecord], into state: inout State) {
        for record in records {
            guard let observation = observation(of: record) else {
                if state.strange.count < 20 { state.strange.append("\(record.topic), offset \(record.offset)") }
                continue
            }
            state.observed.append(observation)
            var open = state.open[observation.commitLSN] ?? ([], nil)
            open.seen.insert(observation.ordinal)
            open.number = observation.transaction ?? open.number
            let size = open.number.flatMap { journal.size(of: $0) }
            state.open[observation.commitLSN] = open.seen.count == size ? nil : open
        }
        consumer.forget()
    }

    private func observation(of record: ConsumedRecord) -> Observation? {
        guard let base = partitions[record.topic],
            let lsn = record.header("pqcdc.commitLsn").flatMap(Self.lsn),
            let xid = record.header("pqcdc.xid").flatMap({ UInt32($0) }),
            let ordinal = record.header("pqcdc.txOrdinal").flatMap({ Int($0) }),
            let (change, transaction) = Self.change(record)
        else { return nil }
        return Observation(
            partition: base + Int(record.partition), offset: record.offset, commitLSN: lsn, xid: xid, ordinal: ordinal,
            transaction: transaction, change: change)
    }

    private static func change(_ record: ConsumedRecord) -> (Change, Int64?)? {
        guard let key = record.keyText.flatMap({ Int64($0) }) else { return nil }
        guard let value = record.value else {
            return (Change(kind: .deletedEntry, key: key, counter: 0, value: 0), nil)
        }
        let row = FlatRow(value)
        guard let transaction = row["tx"] else { return nil }
        if let balance = row["balance"], let version = row["version"] {
            return (.account(key, version: version, balance: balance), transaction)
        }
        if let changes = row["changes"] { return (.mark(key, after: Int(changes)), transaction) }
        guard let counter = row["counter"], let number = row["value"] else { return nil }
        return (Change(kind: .entry, key: key, counter: counter, value: number), transaction)
    }

    private static func lsn(_ text: String) -> UInt64? {
        let halves = text.split(separator: "/").compactMap { UInt64($0, radix: 16) }
        return halves.count == 2 ? halves[0] << 32 | halves[1] : nil
    }
}
