public import LinuxSupport
public import Observability
internal import ReplicationProtocol
internal import Synchronization

/// What the outside sees of the pipeline: metrics, readiness and what systemd is told.
public final class PipelineStatus: Sendable {
    private struct State {
        var phase = PipelinePhase.starting
        /// The same in words.
        var text = "starting"
        /// Whether systemd takes us for started: only then it may be told that we are ready again.
        var isReady = false
        var isReloading = false
    }

    public let metrics: DaemonMetrics
    /// Where a terminal shows what goes on; nil without one.
    let area: StatusArea?
    private let systemd: SystemdNotifier
    private let state = Mutex(State())
    /// The one that streams, or is about to.
    private let session = Mutex<Session?>(nil)

    public init(metrics: DaemonMetrics, systemd: SystemdNotifier, area: StatusArea? = nil) {
        self.metrics = metrics
        self.systemd = systemd
        self.area = area
    }

    /// What the pipeline is doing.
    public var phase: PipelinePhase { state.withLock { $0.phase } }

    /// Whether this instance is the active one.
    public var isStreaming: Bool { phase == .streaming }

    /// Whether it streams, or is passive: publication and slot were there, and fit.
    public var hasSlotOrWaitsForIt: Bool {
        switch phase {
        case .streaming, .passive: true
        case .starting, .waiting, .opening, .stopping: false
        }
    }

    /// One line for whoever asks systemd: what this instance does, and how far it is behind.
    public var line: String {
        let (phase, text) = state.withLock { ($0.phase, $0.text) }
        guard phase == .streaming, let lag = metrics.lagBytes else { return text }
        return "\(text), lag \(lag) bytes"
    }

    /// Whether it streams, or could at any moment.
    ///
    /// - Parameter failsForUnpublished: whether mapped tables that the publication does not send count.
    public func readiness(slot: String, maxStall: Duration, failsForUnpublished: Bool) -> Readiness {
        refresh()
        let behind: UInt64? =
            switch (metrics.serverLSN.value, metrics.confirmedLSN.value) {
            case (.integer(let server), .integer(let confirmed)) where server > confirmed: server - confirmed
            default: nil
            }
        let unpublished = failsForUnpublished ? metrics.publication.tables?.map(\.table) ?? [] : []
        return Readiness(
            phase, slot: slot, stalled: metrics.lag.stalled, behind: behind, maxStall: maxStall,
            unpublished: unpublished)
    }

    // MARK: Phases

    /// The slot is ours; what Kafka says of it is still to be seen.
    func isOpening(slot: String, _ session: Session) {
        self.session.withLock { $0 = session }
        guard enter(.opening, "starting: comparing slot \(slot) with its position in Kafka") else { return }
        systemd.status(line)
    }

    /// Slot and position fit together, and changes flow.
    func isActive(slot: String) {
        guard enter(.streaming, "active: streaming from slot \(slot)", isReady: true) else { return }
        systemd.ready(status: line)
    }

    /// There is no stream, and a snapshot is all.
    func isTakingSnapshot() {
        guard enter(.streaming, "active: taking a snapshot", isReady: true) else { return }
        systemd.ready(status: line)
    }

    func isPassive(reason: String) {
        guard enter(.passive(reason: reason), "passive: \(reason)", isReady: true) else { return }
        systemd.ready(status: line)
    }

    func isWaiting(reason: String) {
        guard enter(.waiting(reason: reason), "waiting: \(reason)") else { return }
        systemd.status(line)
    }

    func isStopping(within limit: Duration) {
        guard enter(.stopping, "stopping: waiting for delivery reports") else { return }
        // What follows the reports, and what a busy machine takes for it.
        systemd.stopping(within: limit + .seconds(15), status: line)
    }

    /// - Returns: false where it is stopping already, which is the last that is said.
    private func enter(_ phase: PipelinePhase, _ text: String, isReady: Bool = false) -> Bool {
        let isNews = state.withLock { state in
            guard state.phase != .stopping else { return false }
            state.phase = phase
            state.text = text
            if isReady { (state.isReady, state.isReloading) = (true, false) }
            // A reload no longer matters to anybody.
            if phase == .stopping { (state.isReady, state.isReloading) = (false, false) }
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

    // MARK: The session

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
