internal import LinuxSupport
public import Observability
internal import ReplicationProtocol

/// What the outside sees of the pipeline: metrics and systemd's STATUS line.
public final class PipelineStatus: Sendable {
    public let metrics: DaemonMetrics
    private let systemd: SystemdNotifier

    public init(metrics: DaemonMetrics, notifySocket: String?) {
        self.metrics = metrics
        systemd = SystemdNotifier(path: notifySocket)
    }

    func isActive(slot: String) {
        metrics.setRole(.active)
        systemd.ready(status: "active: streaming from slot \(slot)")
    }

    func isPassive(reason: String) {
        metrics.setRole(.passive)
        systemd.ready(status: "passive: \(reason)")
    }

    func isWaiting(reason: String) {
        metrics.setRole(nil)
        systemd.status("waiting: \(reason)")
    }

    func isStopping() { systemd.stopping(status: "stopping: waiting for delivery reports") }

    func update(received: LSN, confirmed: LSN, inFlight: (records: Int, bytes: Int)) {
        metrics.receivedLSN.set(received.rawValue)
        metrics.confirmedLSN.set(confirmed.rawValue)
        metrics.inFlightRecords.set(UInt64(inFlight.records))
        metrics.inFlightBytes.set(UInt64(inFlight.bytes))
    }
}
