public import LinuxSupport
public import Observability
internal import ReplicationProtocol
internal import Synchronization

/// What the outside sees of the pipeline: metrics and what systemd is told.
public final class PipelineStatus: Sendable {
    private struct State {
        var phase = "starting"
        /// Whether systemd takes us for started: only then it may be told that we are ready again.
        var isReady = false
        var isReloading = false
    }

    public let metrics: DaemonMetrics
    /// Where a terminal shows what goes on; nil without one.
    let area: StatusArea?
    private let systemd: SystemdNotifier
    private let streaming = Atomic<Bool>(false)
    private let state = Mutex(State())

    public init(metrics: DaemonMetrics, systemd: SystemdNotifier, area: StatusArea? = nil) {
        self.metrics = metrics
        self.systemd = systemd
        self.area = area
    }

    /// Whether this instance is the active one.
    public var isStreaming: Bool { streaming.load(ordering: .relaxed) }

    /// One line for whoever asks systemd: what this instance does, and how far it is behind.
    public var line: String {
        let phase = state.withLock { $0.phase }
        guard isStreaming, let lag = metrics.lagBytes else { return phase }
        return "\(phase), lag \(lag) bytes"
    }

    func isActive(slot: String) { isActive(doing: "streaming from slot \(slot)") }

    func isActive(doing what: String) {
        setRole(.active)
        ready("active: \(what)")
    }

    func isPassive(reason: String) {
        setRole(.passive)
        ready("passive: \(reason)")
    }

    func isWaiting(reason: String) {
        setRole(nil)
        state.withLock { $0.phase = "waiting: \(reason)" }
        systemd.status(line)
    }

    func isStopping(within limit: Duration) {
        state.withLock { state in
            state.phase = "stopping: waiting for delivery reports"
            // A reload no longer matters to anybody.
            state.isReady = false
            state.isReloading = false
        }
        // What follows the reports, and what a busy machine takes for it.
        systemd.stopping(within: limit + .seconds(15), status: line)
    }

    private func ready(_ phase: String) {
        state.withLock { state in
            state.phase = phase
            state.isReady = true
            state.isReloading = false
        }
        systemd.ready(status: line)
    }

    private func setRole(_ role: DaemonMetrics.Role?) {
        metrics.setRole(role)
        streaming.store(role == .active, ordering: .relaxed)
    }

    // MARK: Reload

    /// The configuration is being read again.
    public func isReloading() {
        let isTold = state.withLock { state in
            state.isReloading = state.isReady
            return state.isReloading
        }
        if isTold { systemd.reloading(status: line) }
    }

    /// That is over, whatever came of it.
    public func reloadEnded() {
        let isTold = state.withLock { state in
            defer { state.isReloading = false }
            return state.isReloading
        }
        if isTold { systemd.ready(status: line) }
    }

    func update(received: LSN, confirmed: LSN, inFlight: (records: Int, bytes: Int)) {
        metrics.receivedLSN.set(received.rawValue)
        metrics.confirmedLSN.set(confirmed.rawValue)
        metrics.inFlightRecords.set(UInt64(inFlight.records))
        metrics.inFlightBytes.set(UInt64(inFlight.bytes))
    }
}
