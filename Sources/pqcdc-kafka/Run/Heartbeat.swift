import LinuxSupport
import Logging
import Pipeline
import Postgres

/// Writes a logical message to the WAL now and then, while this instance streams.
///
/// It takes the way of every transaction, through decoding, batch and ledger, so it moves the slot of a database in which
/// nothing else happens and never confirms past a record that Kafka does not have. It needs no table, and never becomes
/// a record. A connection of its own, on a thread of its own.
struct Heartbeat {
    let parameters: ConnectionParameters
    let role: String
    let interval: Duration
    let status: PipelineStatus
    let watched: WatchedLoop
    let logger: Logger
    let wakeup = Wakeup()

    private static let statement = "SELECT pg_catalog.pg_logical_emit_message(true, 'pqcdc.heartbeat', '')"

    /// Runs until ``stop()``.
    func run() async {
        await DedicatedThread.run(name: "pg-heartbeat") {
            defer { watched.rests() }
            var connection: Connection?
            var isFailing = false
            var next = ContinuousClock.now + interval
            while true {
                watched.turned(nextWithin: ContinuousClock.now.duration(to: next))
                if FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: next).wakeup { return }
                #if FAILPOINTS
                    Failpoint.heartbeatTurn.hang()
                #endif
                // The server may take its time.
                watched.rests()
                guard ContinuousClock.now >= next else { continue }
                next = .now + interval
                guard status.isStreaming else {
                    // Whoever streams now writes its own.
                    connection = nil
                    continue
                }
                do throws(PostgresError) {
                    if connection == nil { connection = try connect() }
                    guard let current = connection else { preconditionFailure("a connection was just made") }
                    try current.query(Self.statement, to: "write a heartbeat")
                    if isFailing { logger.notice("heartbeats are written again") }
                    isFailing = false
                } catch {
                    if error.kind == .interrupted { return }
                    report(error, on: connection, again: isFailing)
                    isFailing = true
                    connection = nil
                }
            }
        }
    }

    func stop() { wakeup.signal() }

    private func connect() throws(PostgresError) -> Connection {
        let connection = try Connection(parameters, interruptedBy: wakeup)
        // Nobody waits for a heartbeat, and it waits for no synchronous standby.
        try connection.query("SET synchronous_commit = off", to: "prepare the session")
        return connection
    }

    /// Once at WARN, and until it works again at DEBUG: it is tried at every interval.
    private func report(_ error: PostgresError, on connection: Connection?, again: Bool) {
        guard !again else { return logger.debug("\(error)") }
        var metadata: Logger.Metadata = ["advice": "trying again every \(interval); streaming goes on without"]
        if error.sqlState == "42501", let connection, let role = try? connection.quoteIdentifier(role) {
            metadata["advice"] = "\(Self.grant(to: role, serverVersion: connection.serverVersion))"
        }
        logger.warning("\(error)", metadata: metadata)
    }

    /// The statement that lets a role write heartbeats; `role` is quoted.
    static func grant(to role: String, serverVersion: Int) -> String {
        // From 17 on it has a fourth parameter, and a GRANT names them all.
        let flush = serverVersion >= 170_000 ? ", boolean" : ""
        return "GRANT EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text\(flush)) TO \(role)"
    }
}
