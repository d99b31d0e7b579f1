internal import LinuxSupport
public import Observability
internal import ReplicationProtocol
internal import Synchronization

/// What the outside sees of the pipeline: metrics, readiness and systemd's STATUS line.
public final class PipelineStatus: Sendable {
    public let metrics: DaemonMetrics
    private let systemd: SystemdNotifier
    private let current = Mutex(PipelinePhase.starting)
    /// The one that streams, or is about to.
    private let session = Mutex<Session?>(nil)

    public init(metrics: DaemonMetrics, notifySocket: String?) {
        self.metrics = metrics
        systemd = SystemdNotifier(path: notifySocket)
    }

    /// What the pipeline is doing.
    public var phase: PipelinePhase { current.withLock { $0 } }

    /// Whether this instance is the active one.
    public var isStreaming: Bool { phase == .streaming }

    /// Whether it streams, or could at any moment.
    public func readiness(slot: String, maxStall: Duration) -> Readiness {
        refresh()
        let behind: UInt64? =
            switch (metrics.serverLSN.value, metrics.confirmedLSN.value) {
            case (.integer(let server), .integer(let confirmed)) where server > confirmed: server - confirmed
            default: nil
            }
        return Readiness(phase, slot: slot, stalled: metrics.lag.stalled, behind: behind, maxStall: maxStall)
    }

    /// The slot is ours; what Kafka says of it is still to be seen.
    func isOpening(slot: String, _ session: Session) {
        self.session.withLock { $0 = session }
        guard enter(.opening) else { return }
        systemd.status("starting: comparing slot \(slot) with its position in Kafka")
    }

    /// Slot and position fit together, and changes flow.
    func isActive(slot: String) {
        guard enter(.streaming) else { return }
        systemd.ready(status: "active: streaming from slot \(slot)")
    }

    func isPassive(reason: String) {
        guard enter(.passive(reason: reason)) else { return }
        systemd.ready(status: "passive: \(reason)")
    }

    func isWaiting(reason: String) {
        guard enter(.waiting(reason: reason)) else { return }
        systemd.status("waiting: \(reason)")
    }

    func isStopping() {
        guard enter(.stopping) else { return }
        systemd.stopping(status: "stopping: waiting for delivery reports")
    }

    /// - Returns: false where it is stopping already, which is the last that is said.
    private func enter(_ phase: PipelinePhase) -> Bool {
        let isNews = current.withLock { current in
            guard current != .stopping else { return false }
            current = phase
            return true
        }
        guard isNews else { return false }
        switch phase {
        case .streaming: metrics.setRole(.active)
        case .passive: metrics.setRole(.passive)
        // It still holds the slot, and delivers what it has.
        case .stopping: break
        case .starting, .waiting, .opening: metrics.setRole(nil)
        }
        return true
    }

    /// Nothing of the session is under way any more.
    func sessionEnded() {
        refresh()
        session.withLock { $0 = nil }
        metrics.inFlightRecords.set(UInt64(0))
        metrics.inFlightBytes.set(UInt64(0))
    }

    /// Takes over how far the session is. Whoever shows metrics asks for it, so that they are true at that moment;
    /// the reader does as well, so that the lag has a history also where nobody looks.
    public func refresh() {
        guard let session = session.withLock({ $0 }) else { return }
        let checkpoint = session.checkpoint
        let (records, bytes) = checkpoint.inFlight
        let received = session.received
        let confirmed = checkpoint.confirmed
        // A session begins with what the last one has received.
        if received > .zero { metrics.receivedLSN.set(received.rawValue) }
        metrics.deliveredLSN.set(checkpoint.delivered.rawValue)
        metrics.confirmedLSN.set(confirmed.rawValue)
        metrics.inFlightRecords.set(UInt64(records))
        metrics.inFlightBytes.set(UInt64(bytes))
        metrics.lag.note(end: received.rawValue)
        metrics.lag.note(confirmed: confirmed.rawValue)
    }
}
