import LinuxSupport
import Pipeline
import Synchronization

/// Where the main thread waits for the daemon, which runs on the concurrency runtime's threads.
final class DaemonEnd: Sendable {
    private let status = Mutex<ExitStatus?>(nil)
    private let wakeup = Wakeup()

    func came(with status: ExitStatus) {
        self.status.withLock { $0 = status }
        wakeup.signal()
    }

    /// Blocks until the end has come.
    func wait() -> ExitStatus {
        while true {
            if let status = status.withLock({ $0 }) { return status }
            _ = FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: nil)
        }
    }
}
