import Glibc
import LinuxSupport
import Logging
import Observability
import Pipeline
import ReplicationProtocol
import RowMapping
import Synchronization

/// The daemon's own pipeline, between a stream that is in memory and a sink that delivers at once.
///
/// All its threads and locks are the real ones; only libpq and librdkafka are missing.
final class MemoryPipeline: Sendable {
    private let stream: MemoryStream
    private let sink: MemorySink

    /// - Parameter transaction: how many rows stand between Begin and Commit.
    init(_ table: SampleTable, transaction: Int) {
        stream = MemoryStream(table, transaction: transaction)
        sink = MemorySink()
        let plan = PipelinePlan(
            rules: MappingRules(
                tables: [
                    TableName(schema: "public", name: table.name): TableRule(
                        topic: Template(literal: table.name), key: ["id"])
                ]),
            // Zero: whenever the stream pauses, so that no benchmark waits for a clock.
            batch: BatchLimits(records: 2000, bytes: 1 << 20, ticker: .zero),
            // 32 MiB, the daemon's default.
            memoryLimit: 32 << 20, shutdownTimeout: .seconds(5), activityCheckerInterval: .seconds(1))
        let service = PipelineService(
            source: MemorySource(stream: stream), sinks: MemorySinkFactory(sink: sink), catalog: EmptyCatalog(),
            plans: PlanMailbox(plan), slot: "memory", control: PipelineControl(),
            status: PipelineStatus(
                metrics: DaemonMetrics(registry: MetricRegistry(), version: "benchmark"),
                systemd: SystemdNotifier(environment: [:])),
            watched: WatchedLoops(),
            logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
        // It runs for as long as the process.
        Task.detached { _ = await service.run() }
    }

    /// Streams `count` rows, and returns when all are delivered.
    func deliver(_ count: Int) {
        sink.expect(count)
        stream.add(count)
        sink.waitUntilDelivered()
    }
}

private struct MemorySource: ReplicationSource {
    let stream: MemoryStream
    func connect(interruptedBy wakeup: Wakeup) -> any SourceConnection { MemoryConnection(stream: stream) }
}

private final class MemoryConnection: SourceConnection {
    let stream: MemoryStream
    let senderTimeout: Duration? = .seconds(60)
    let publication = "memory"
    let identity = PipelineIdentity(systemIdentifier: "1", database: "memory", slot: "memory")
    init(stream: MemoryStream) { self.stream = stream }
    func checkSlot() -> SlotAvailability { .free(confirmedFlush: .zero) }
    func startReplication(from start: LSN) -> any ChangeStream { stream }
}

/// `@unchecked Sendable`: what changes is used by the thread `pg-reader` alone, but for the atomic.
private final class MemoryStream: ChangeStream, @unchecked Sendable {
    private let news = Wakeup()
    private let added = Atomic<Int>(0)
    private let head: [[UInt8]]
    private let rows: [[UInt8]]
    private let transaction: Int
    private var sent = 0
    private var next = 0

    var socket: Int32 { news.fileDescriptor }
    let wantsToWrite = false

    init(_ table: SampleTable, transaction: Int) {
        head = [Wire.begin, table.relationFrame]
        rows = (0..<200).map(table.insertFrame)
        self.transaction = transaction
    }

    func add(_ count: Int) {
        added.add(count, ordering: .releasing)
        news.signal()
    }

    func receive(into chunk: inout WALChunk, limit: Int) -> Bool {
        news.drain()
        let goal = added.load(ordering: .acquiring)
        while sent < goal {
            if chunk.byteCount >= limit { return false }
            if sent == 0 {
                for frame in head { chunk.append(frame) }
            } else if sent % transaction == 0 {
                chunk.append(Wire.begin)
            }
            chunk.append(rows[next])
            next = next + 1 == rows.count ? 0 : next + 1
            sent += 1
            if sent % transaction == 0 { chunk.append(Wire.commit) }
        }
        return true
    }

    func send(_ update: StandbyStatusUpdate) {}
    func flush() {}
    func end(deadline: ContinuousClock.Instant) {}
}

extension WALChunk {
    fileprivate mutating func append(_ frame: [UInt8]) { frame.withUnsafeBytes { append($0) } }
}

private struct MemorySinkFactory: RecordSinkFactory {
    let sink: MemorySink
    func makeSink(
        reportingTo session: Session, for identity: PipelineIdentity, looksClosely: Bool
    ) -> sending any RecordSink { SessionSink(session: session, sink: sink) }
    func lastPosition(of identity: PipelineIdentity) -> SourcePosition? { nil }
    func existence(of topic: String) async -> TopicExistence { .exists }
}

private final class SessionSink: RecordSink {
    let session: Session
    let sink: MemorySink

    init(session: Session, sink: MemorySink) {
        self.session = session
        self.sink = sink
    }

    nonisolated(nonsending) func openTopic(_ name: String) async -> Int { 0 }

    func send(_ records: borrowing RecordBatch, from first: Int, batch: UInt32) -> SendOutcome {
        session.acknowledge(batch, records: records.count - first)
        sink.deliver(records.count - first)
        return .sent
    }

    nonisolated(nonsending) func looksOtherwiseNow(_ refusal: SinkRefusal, topic: Int) async -> Bool { false }

    // At least once, without a state topic: none of these is asked for.
    nonisolated(nonsending) func position(of identity: PipelineIdentity) async -> KeptPosition {
        KeptPosition(position: nil)
    }
    nonisolated(nonsending) func snapshotProgress(of identity: PipelineIdentity) async -> [LeafProgress] { [] }
    nonisolated(nonsending) func takeOver() async {}
    func beginTransaction() {}
    nonisolated(nonsending) func commitTransaction() async {}
    nonisolated(nonsending) func abortTransaction() async {}

    nonisolated(nonsending) func withhold(within limit: Duration) async {}
    nonisolated(nonsending) func close() async {}
}

/// Counts what is delivered, and lets one thread wait for it.
///
/// `@unchecked Sendable`: a semaphore may be used by any thread.
private final class MemorySink: @unchecked Sendable {
    private let missing = Atomic<Int>(0)
    private let done = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(done, 0, 0) }

    func expect(_ count: Int) { missing.add(count, ordering: .releasing) }

    func deliver(_ count: Int) {
        if missing.subtract(count, ordering: .acquiringAndReleasing).newValue == 0 { sem_post(done) }
    }

    func waitUntilDelivered() { while sem_wait(done) != 0 {} }
}

private struct EmptyCatalog: Catalog {
    func primaryKey(of relation: OID) async throws(PipelineError) -> [String]? { ["id"] }
    func unsentColumns(_ columns: [String], of relation: OID) async throws(PipelineError) -> [String] { [] }
    func types(_ oids: Set<OID>) async throws(PipelineError) -> [OID: TypeDescription] { [:] }
    func typeNames(_ types: [(type: OID, modifier: Int32)]) async throws(PipelineError) -> [String] {
        types.map { "\($0.type)" }
    }
    func reselect(
        _ columns: [String], of table: TableName, where key: [(column: String, value: [UInt8])]
    ) async throws(PipelineError) -> [[UInt8]?]? { nil }
    func isCommitted(_ mark: TransactionMark) async -> Bool? { nil }
    func walEnd() async throws(PipelineError) -> LSN { .zero }
}
