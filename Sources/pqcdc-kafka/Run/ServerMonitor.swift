import LinuxSupport
import Logging
import Observability
import Postgres
import ReplicationProtocol

/// Asks the server now and then how far its WAL is, and how the slot does.
///
/// The stream cannot tell: while Kafka is slow and nothing is read, what the walsender said last stands still, and the
/// lag would look small just when it grows. A connection of its own, on a thread of its own; active and passive alike.
struct ServerMonitor {
    let parameters: ConnectionParameters
    let slot: String
    let metrics: DaemonMetrics
    /// Looks at the publication, now and then.
    let publication: PublicationWatch
    let watched: WatchedLoop
    let logger: Logger
    let wakeup = Wakeup()

    // Often enough for an alert on lag, too seldom to be seen in the server's statistics.
    private static let interval = Duration.seconds(5)

    /// Runs until ``stop()``.
    func run() async {
        await DedicatedThread.run(name: "pg-monitor") {
            defer { watched.rests() }
            var connection: Connection?
            var publication = publication
            while true {
                #if FAILPOINTS
                    Failpoint.monitorTurn.hang()
                #endif
                // The server may take its time.
                watched.rests()
                do throws(PostgresError) {
                    if connection == nil { connection = try Connection(parameters, interruptedBy: wakeup) }
                    guard let current = connection else { preconditionFailure("a connection was just made") }
                    try look(on: current)
                    try publication.look(on: current)
                } catch {
                    // The reader says the same louder; this one just tries again.
                    connection = nil
                    metrics.serverUp.set(UInt64(0))
                    metrics.slot.update(nil)
                    if error.kind == .interrupted { return }
                    logger.debug("\(error)")
                }
                watched.turned(nextWithin: Self.interval)
                if FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now + Self.interval).wakeup { return }
            }
        }
    }

    func stop() { wakeup.signal() }

    private func look(on connection: Connection) throws(PostgresError) {
        let end = try ServerIdentity.read(on: connection).currentLSN
        metrics.serverLSN.set(end.rawValue)
        metrics.lag.note(end: end.rawValue)
        metrics.serverUp.set(UInt64(1))
        guard let state = try ReplicationSlotState.read(slot, on: connection) else {
            return metrics.slot.update(nil)
        }
        let decoded = try DecodingStatistics.read(ofSlot: slot, on: connection)
        metrics.slot.update(SlotSample(state, decoded, end: end))
    }
}

extension SlotSample {
    /// - Parameter end: of the server's WAL.
    init(_ state: ReplicationSlotState, _ decoded: DecodingStatistics?, end: LSN) {
        self.init(
            isActive: state.isActive, walStatus: state.walStatus?.rawValue,
            retainedBytes: state.restartLSN.map { end > $0 ? end.rawValue - $0.rawValue : 0 },
            // Below zero once the slot is beyond what the server promises to keep.
            safeBytes: state.safeWALSize.map { UInt64(max(0, $0)) }, confirmedLSN: state.confirmedFlush?.rawValue,
            decoded: decoded.map(DecodingCounts.init))
    }
}

extension SlotSample.DecodingCounts {
    init(_ statistics: DecodingStatistics) {
        self.init(
            transactions: UInt64(max(0, statistics.transactions)), bytes: UInt64(max(0, statistics.bytes)),
            spilledTransactions: UInt64(max(0, statistics.spilledTransactions)),
            spilledBytes: UInt64(max(0, statistics.spilledBytes)),
            streamedTransactions: UInt64(max(0, statistics.streamedTransactions)),
            streamedBytes: UInt64(max(0, statistics.streamedBytes)))
    }
}
