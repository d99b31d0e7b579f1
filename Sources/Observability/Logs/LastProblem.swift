import Synchronization

/// The last WARN or ERROR that was logged, for those who ask the running process what was wrong.
public final class LastProblem: Sendable {
    /// What the line said.
    public struct Problem: Hashable, Sendable {
        /// RFC 3339, in UTC.
        public var time: String
        public var level: LogLevel
        public var message: String
        /// nil where the line gave none.
        public var advice: String?

        public init(time: String, level: LogLevel, message: String, advice: String?) {
            self.time = time
            self.level = level
            self.message = message
            self.advice = advice
        }
    }

    private let last = Mutex<Problem?>(nil)

    public init() {}

    /// nil while nothing was wrong.
    public var problem: Problem? { last.withLock { $0 } }

    func note(_ line: LogLine) {
        guard line.level == .warn || line.level == .error else { return }
        let advice = line.fields.first { $0.name == "advice" }.map { "\($0.value)" }
        last.withLock {
            $0 = Problem(time: line.time.text, level: line.level, message: line.message, advice: advice)
        }
    }
}
