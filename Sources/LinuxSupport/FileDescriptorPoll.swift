internal import CLinux
internal import Glibc

/// `poll(2)` on the one or two descriptors that our threads wait for.
public enum FileDescriptorPoll {
    public struct Events: OptionSet, Sendable {
        public let rawValue: Int16
        public init(rawValue: Int16) { self.rawValue = rawValue }

        public static let readable = Events(rawValue: Int16(POLLIN))
        public static let writable = Events(rawValue: Int16(POLLOUT))
        public static let hungUp = Events(rawValue: Int16(POLLHUP) | Int16(POLLERR))
    }

    /// Waits until one of the descriptors is ready or `deadline` has passed. An interrupted wait returns early, with
    /// nothing ready.
    ///
    /// - Parameters:
    ///   - first: a negative descriptor is left out.
    ///   - deadline: nil waits without end.
    public static func wait(
        _ first: Int32, for events: Events, or wakeup: Wakeup?, until deadline: ContinuousClock.Instant?
    ) -> (first: Events, wakeup: Bool) {
        var descriptors = (
            pollfd(fd: first, events: events.rawValue, revents: 0),
            pollfd(fd: wakeup?.fileDescriptor ?? -1, events: Int16(POLLIN), revents: 0)
        )
        var nanoseconds: Int64 = -1
        if let deadline {
            nanoseconds = max(.zero, ContinuousClock.now.duration(to: deadline)).nanoseconds
        }
        let ready = withUnsafeMutablePointer(to: &descriptors) {
            $0.withMemoryRebound(to: pollfd.self, capacity: 2) { clinux_ppoll($0, 2, nanoseconds) }
        }
        guard ready > 0 else { return ([], false) }
        return (Events(rawValue: descriptors.0.revents), descriptors.1.revents != 0)
    }
}
