import LinuxSupport
import Logging
import Observability
import Postgres
import ReplicationProtocol

/// Asks the server now and then how far its WAL is.
///
/// The stream cannot tell: while Kafka is slow and nothing is read, what the walsender said last stands still, and the
/// lag would look small just when it grows. A connection of its own, on a thread of its own; active and passive alike.
struct ServerMonitor {
    let parameters: ConnectionParameters
    let metrics: DaemonMetrics
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
            while true {
                #if FAILPOINTS
                    Failpoint.monitorTurn.hang()
                #endif
                // The server may take its time.
                watched.rests()
                do throws(PostgresError) {
                    if connection == nil { connection = try Connection(parameters, interruptedBy: wakeup) }
                    guard let current = connection else { preconditionFailure("a connection was just made") }
                    metrics.serverLSN.set(try ServerIdentity.read(on: current).currentLSN.rawValue)
                } catch {
                    // The reader says the same louder; this one just tries again.
                    connection = nil
                    if error.kind == .interrupted { return }
                    logger.debug("\(error)")
                }
                watched.turned(nextWithin: Self.interval)
                if FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now + Self.interval).wakeup { return }
            }
        }
    }

    func stop() { wakeup.signal() }
}
