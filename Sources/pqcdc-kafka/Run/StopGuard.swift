import Glibc
import LinuxSupport
import Logging
import Pipeline

/// Ends the process when a stop takes longer than it may, whatever hangs.
///
/// Each wait of ours has its end, but a library's call may have none: a look-up of a host's name, a client that is being
/// destroyed, a log that nobody reads.
enum StopGuard {
    /// What a stop gets beyond `shutdownTimeout`: the time for what ends with it to be put away and said.
    static let grace = Duration.seconds(2)

    /// Ends the process `limit` and ``grace`` from now, unless it has ended by then.
    static func start(_ limit: Duration, logger: Logger) {
        let deadline = ContinuousClock.now + limit + grace
        DedicatedThread.start(name: "stop-guard") {
            wait(until: deadline)
            // Also if the line cannot be written.
            DedicatedThread.start(name: "stop-end") {
                wait(until: deadline + .milliseconds(500))
                end()
            }
            logger.error(
                "the stop took longer than shutdownTimeout, \(limit), and \(grace); what still ran was left",
                metadata: [
                    "advice": "see what was logged last; what was delivered but not confirmed will be sent again",
                    "exit": "\(ExitStatus.unavailable.rawValue)",
                ])
            end()
        }
    }

    private static func wait(until deadline: ContinuousClock.Instant) {
        while ContinuousClock.now < deadline { _ = FileDescriptorPoll.wait(-1, for: [], or: nil, until: deadline) }
    }

    /// Without what `exit` would run: it may wait for the very thing that hangs.
    private static func end() { _exit(ExitStatus.unavailable.rawValue) }
}
