import Logging
import Synchronization

/// The level of all loggers, changeable while they run.
public final class LogLevelControl: Sendable {
    private let index: Atomic<Int>

    public init(_ level: LogLevel) {
        index = Atomic(Self.index(of: level))
    }

    public var level: LogLevel {
        get { LogLevel.allCases[index.load(ordering: .relaxed)] }
        set { index.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    private static func index(of level: LogLevel) -> Int {
        guard let index = LogLevel.allCases.firstIndex(of: level) else {
            preconditionFailure("every level is among all levels")
        }
        return index
    }
}
