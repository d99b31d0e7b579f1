/// Decides which repetitions of a message are written, so that one cause does not fill the journal. Pure.
///
/// Some lines of the same level and text pass at once, whatever else they carry. Of those that follow within the
/// interval none does, and the next line of any kind behind it says how many there were.
struct LogRepetition {
    /// What is to be written for messages that were held back.
    struct Sum: Hashable {
        var level: LogLevel
        var message: String
        var count: Int

        /// `and 1,204 more`.
        var text: String { "and \(Self.grouped(count)) more" }

        private static func grouped(_ number: Int) -> String {
            let digits = "\(number)"
            var text = ""
            for (index, digit) in digits.enumerated() {
                if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
                text.append(digit)
            }
            return text
        }
    }

    private struct Key: Hashable {
        let level: LogLevel
        let message: String
    }

    private struct Run {
        var since: ContinuousClock.Instant
        var passed: Int
        var held: Int
    }

    // As many as a person reads before saying "I see": an outage with its attempts to connect stays below.
    static let burst = 5
    static let interval = Duration.seconds(10)
    // Texts with something that changes in them are different messages; old ones make room.
    private static let limit = 128

    private var runs: [Key: Run] = [:]

    /// Whether the line is to be written now.
    mutating func passes(_ level: LogLevel, _ message: String, now: ContinuousClock.Instant) -> Bool {
        // What was asked for at DEBUG is wanted as it is, and INFO is not said in loops.
        guard level == .error || level == .warn else { return true }
        let key = Key(level: level, message: message)
        guard var run = runs[key], now - run.since < Self.interval else {
            if runs.count >= Self.limit { forgetOldest() }
            runs[key] = Run(since: now, passed: 1, held: 0)
            return true
        }
        let passes = run.passed < Self.burst
        if passes { run.passed += 1 } else { run.held += 1 }
        runs[key] = run
        return passes
    }

    /// What was held back for long enough. To be asked before ``passes(_:_:now:)``.
    mutating func due(now: ContinuousClock.Instant) -> [Sum] {
        let due = runs.filter { now - $0.value.since >= Self.interval }
        for key in due.keys { runs[key] = nil }
        return due.filter { $0.value.held > 0 }.sorted { $0.value.since < $1.value.since }.map {
            Sum(level: $0.key.level, message: $0.key.message, count: $0.value.held)
        }
    }

    private mutating func forgetOldest() {
        // One that holds something back still has it to say.
        let idle = runs.filter { $0.value.held == 0 }
        if let oldest = (idle.isEmpty ? runs : idle).min(by: { $0.value.since < $1.value.since }) {
            runs[oldest.key] = nil
        }
    }
}
