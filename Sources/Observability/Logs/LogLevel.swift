public import Logging

/// The levels that an operator sees and sets, least talkative first.
public enum LogLevel: String, CaseIterable, Sendable {
    case error, warn, info, debug

    /// The level under which an event of swift-log is written; its finer steps fall to the nearest of ours.
    public init(_ level: Logger.Level) {
        switch level {
        case .trace, .debug: self = .debug
        case .info, .notice: self = .info
        case .warning: self = .warn
        case .error, .critical: self = .error
        }
    }

    /// The lowest level of swift-log that is written.
    var threshold: Logger.Level {
        switch self {
        case .error: .error
        case .warn: .warning
        case .info: .info
        case .debug: .trace
        }
    }

    /// The priority of syslog(3), which sd-daemon(3) reads at the start of a line.
    var priority: Int {
        switch self {
        case .error: 3
        case .warn: 4
        case .info: 6
        case .debug: 7
        }
    }
}
