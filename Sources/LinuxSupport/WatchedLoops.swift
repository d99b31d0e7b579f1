/// Every loop of the daemon that must turn.
public struct WatchedLoops: Sendable {
    public let reader = WatchedLoop(named: "pg-reader")
    public let batcher = WatchedLoop(named: "batcher")
    public let kafkaPoll = WatchedLoop(named: "kafka-poll")
    public let monitor = WatchedLoop(named: "pg-monitor")
    public let heartbeat = WatchedLoop(named: "pg-heartbeat")
    /// How late a turn may be: half of what the watchdog allows, so that the other half is left for a busy machine.
    public let patience: Duration?

    /// - Parameter watchdogTimeout: after which time without a word we are taken for dead; nil where nobody watches.
    public init(watchdogTimeout: Duration? = nil) { patience = watchdogTimeout.map { $0 / 2 } }

    private var all: [WatchedLoop] { [reader, batcher, kafkaPoll, monitor, heartbeat] }

    /// How often a loop that waits for news is to be given some, so that it shows that it takes them.
    public var probeInterval: Duration? { patience.map { $0 / 2 } }

    /// The names of those whose turn is too late.
    public var hung: [String] {
        guard let patience else { return [] }
        let now = MonotonicClock.nanoseconds
        return all.filter { $0.lateness(at: now) > patience.nanoseconds }.map(\.name)
    }
}
