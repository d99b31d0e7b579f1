import Glibc
import TestSupport

/// The daemons of a run: one that is to stream, and now and then a second one that takes over.
///
/// The nemesis owns it, and the run once the nemesis is through.
final class Instances {
    private let stage: ChaosStage
    private(set) var active: DaemonProcess
    /// Daemons that did what no daemon should, each with the end of its log.
    private(set) var complaints: [String] = []
    private(set) var takeovers: [Duration] = []
    private var sql: SQLSession?

    /// What a daemon may need to be back: a crash's recovery, and the longest pause between two attempts.
    private static let patience = Duration.seconds(60)

    init(on stage: ChaosStage) throws {
        self.stage = stage
        active = try stage.startDaemon()
    }

    /// The superuser's answer; a session that a restart has ended is replaced.
    func ask<Answer>(_ question: (SQLSession) throws -> Answer) throws -> Answer {
        do {
            let session = try sql ?? stage.session()
            sql = session
            return try question(session)
        } catch {
            sql = nil
            throw error
        }
    }

    /// Waits until somebody holds the slot. A daemon that ended by itself is told of, and started again.
    func awaitStreaming() {
        do {
            try eventually(within: Self.patience, "a daemon that holds the slot") {
                if !active.isRunning { try replace("ended by itself") }
                return try ask(stage.senderPID) != nil
            }
        } catch {
            complain("\(error)", active)
        }
    }

    func kill() throws {
        if !active.isRunning { complain("ended by itself", active) }
        try active.kill9()
    }

    func start() throws { active = try stage.startDaemon() }

    /// SIGTERM, and what is to follow from it.
    func stop() throws { try stop(active) }

    /// Starts a second daemon, takes the first one's slot away, and measures until the second one has it.
    ///
    /// - Parameter isFrozen: the first one is not killed but asleep meanwhile, and wakes up afterwards.
    func takeOver(isFrozen: Bool, sleeping pause: UInt32) throws {
        awaitStreaming()
        let (first, second) = (active, try stage.startDaemon())
        active = second
        try second.waitForLog(containing: "passive: ", within: Self.patience)
        let clock = ContinuousClock()
        let began = clock.now
        if isFrozen {
            first.pause()
            // To the server it is as good as alive, until wal_sender_timeout.
            if let sender = try ask(stage.senderPID) {
                try ask { try $0.execute("SELECT pg_terminate_backend(\(sender))") }
                release(from: sender)
            }
        } else {
            try first.kill9()
        }
        try second.waitForLog(containing: "msg=streaming", within: Self.patience)
        takeovers.append(began.duration(to: clock.now))
        guard isFrozen else { return }
        usleep(pause)
        try endTheLoser(of: first, second)
    }

    /// A walsender that is terminated while the sleeper's socket is full hangs in its last message, slot in hand, until the
    /// network ends it: not even `wal_sender_timeout` does.
    private func release(from sender: String) {
        do {
            try eventually(within: .seconds(5), "the sender's end") { try ask(stage.senderPID) != sender }
        } catch {
            stage.relay.cut()
        }
    }

    /// Wakes the first one up, and ends whichever of the two is left without the slot.
    ///
    /// As a rule the sleeper. One that fell asleep on its way into Kafka may fence the other when it wakes up; then both
    /// go for the slot again, and either may have it.
    private func endTheLoser(of first: DaemonProcess, _ second: DaemonProcess) throws {
        let marks = (first.log.count, second.log.count)
        first.resume()
        try eventually(within: Self.patience, "one of the two to turn passive") {
            if first.log.lines[marks.0...].contains(where: { $0.contains("passive: ") }) { return true }
            guard second.log.lines[marks.1...].contains(where: { $0.contains("passive: ") }) else { return false }
            active = first
            return true
        }
        try stop(active === first ? second : first)
    }

    /// Whoever has ended by itself is told of, and started again.
    func check() throws {
        if !active.isRunning { try replace("ended by itself") }
    }

    func complain(_ what: String, _ daemon: DaemonProcess) {
        complaints.append("\(what)\n\(daemon.log.lines.suffix(8).joined(separator: "\n"))")
    }

    private func replace(_ what: String) throws {
        complain(what, active)
        try start()
    }

    private func stop(_ daemon: DaemonProcess) throws {
        let status = try daemon.stop(within: Self.patience)
        if status != .exited(0) { complain("a clean stop ended with \(status)", daemon) }
    }
}
