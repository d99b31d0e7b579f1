internal import CLinux
internal import Glibc

/// Wakes a thread that waits in `poll(2)`: an eventfd. <https://man7.org/linux/man-pages/man2/eventfd.2.html>
public final class Wakeup: Sendable {
    /// Readable once ``signal()`` was called, until ``drain()``.
    public let fileDescriptor: Int32

    public init() {
        fileDescriptor = ResourceShortage.patiently("a file descriptor") {
            let descriptor = clinux_eventfd()
            return descriptor >= 0 ? descriptor : nil
        }
    }

    deinit { close(fileDescriptor) }

    /// Wakes the waiting thread, now or as soon as it waits. May be called from any thread.
    public func signal() {
        var one: UInt64 = 1
        // The only failure is a full counter, and then the thread is being woken anyway.
        _ = write(fileDescriptor, &one, 8)
    }

    /// Takes all signals so far.
    public func drain() {
        var count: UInt64 = 0
        _ = read(fileDescriptor, &count, 8)
    }
}
