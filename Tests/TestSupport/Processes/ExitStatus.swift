/// How a process ended.
public enum ExitStatus: Equatable, Sendable {
    case exited(Int32)
    case signalled(Int32)

    /// From what `waitpid(2)` stored; the macros that take it apart are not visible in Swift.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xFF) : .signalled(signal)
    }

    public var isSuccess: Bool { self == .exited(0) }
}
