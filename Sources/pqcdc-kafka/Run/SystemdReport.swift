import LinuxSupport
import Logging
import Pipeline

/// Tells systemd that we are alive and what we do.
///
/// We are alive while every loop of ours turns. A server that is down stops none of them: that is for STATUS, and never a
/// reason to be restarted. On a thread of its own, since a hung loop must not take it along.
struct SystemdReport {
    let systemd: SystemdNotifier
    let loops: WatchedLoops
    let status: PipelineStatus
    let logger: Logger
    let wakeup = Wakeup()

    /// As often as the server's LSN is asked for, which the lag is made of.
    private static let interval = Duration.seconds(5)

    /// Runs until ``stop()``; returns at once where nobody listens.
    func run() async {
        guard systemd.isListenedTo else { return }
        await DedicatedThread.run(name: "systemd") {
            let interval = min(Self.interval, loops.probeInterval ?? Self.interval)
            var told = ""
            var known: [String] = []
            repeat {
                let hung = loops.hung
                // Before anything else: a log that blocks would otherwise stop this word too.
                if systemd.watchdogTimeout != nil, hung.isEmpty { systemd.watchdog() }
                if hung != known { report(hung) }
                known = hung
                let line = status.line
                if line != told { systemd.status(line) }
                told = line
            } while !FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now + interval).wakeup
        }
    }

    func stop() { wakeup.signal() }

    private func report(_ hung: [String]) {
        if hung.isEmpty { return logger.notice("all loops turn again") }
        logger.error(
            "a loop no longer turns; systemd is not told that we are alive",
            metadata: [
                "loops": "\(hung.joined(separator: ","))", "late_by": "\(loops.patience ?? .zero)",
                "advice": "systemd restarts the service; report it, with this log and the core if there is one",
            ])
    }
}
