internal import LinuxSupport
public import Observability
internal import ReplicationProtocol
internal import Synchronization

/// What the outside sees of the pipeline: metrics and systemd's STATUS line.
public final class PipelineStatus: Sendable {
    public let metrics: DaemonMetrics
    /// Where a terminal shows what goes on; nil without one.
    let area: StatusArea?
    private let systemd: SystemdNotifier
    private let streaming = Atomic<Bool>(false)

    public init(metrics: DaemonMetrics, notifySocket: String?, area: StatusArea? = nil) {
        self.metrics = metrics
        self.area = area
        systemd = SystemdNotifier(path: notifySocket)
    }

    /// Whether this instance is the active one.
    public var isStreaming: Bool { streaming.load(ordering: .relaxed) }

    func isActive(slot: String) { isActive(doing: "streaming from slot \(slot)") }

    func isActive(doing what: String) {
        setRole(.active)
        systemd.ready(status: "active: \(what)")
    }

    func isPassive(reason: String) {
        setRole(.passive)
        systemd.ready(status: "passive: \(reason)")
    }

    func isWaiting(reason: String) {
        setRole(nil)
        systemd.status("waiting: \(reason)")
    }

    private func setRole(_ role: DaemonMetrics.Role?) {
        metrics.setRole(role)
        streaming.store(role == .active, ordering: .relaxed)
    }

    func isStopping() { systemd.stopping(status: "stopping: waiting for delivery reports") }

    func update(received: LSN, confirmed: LSN, inFlight: (records: Int, bytes: Int)) {
        metrics.receivedLSN.set(received.rawValue)
        metrics.confirmedLSN.set(confirmed.rawValue)
        metrics.inFlightRecords.set(UInt64(inFlight.records))
        metrics.inFlightBytes.set(UInt64(inFlight.bytes))
    }
}
