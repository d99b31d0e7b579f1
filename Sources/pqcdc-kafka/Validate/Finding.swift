import Pipeline

/// One thing that `validate --online` has to say.
struct Finding: Equatable, CustomStringConvertible {
    enum Severity: String {
        case error, warning, note
    }

    let severity: Severity
    let message: String
    /// The SQL or the command that mends it; several lines where a choice must be made.
    let remedy: String?
    /// What the command's exit status says of an error; of no meaning for the others.
    let status: ExitStatus

    static func error(_ message: String, mend remedy: String?, _ status: ExitStatus = .configuration) -> Finding {
        Finding(severity: .error, message: message, remedy: remedy, status: status)
    }

    static func warning(_ message: String, mend remedy: String? = nil) -> Finding {
        Finding(severity: .warning, message: message, remedy: remedy, status: .success)
    }

    static func note(_ message: String, mend remedy: String? = nil) -> Finding {
        Finding(severity: .note, message: message, remedy: remedy, status: .success)
    }

    var description: String {
        guard let remedy else { return "\(severity.rawValue): \(message)" }
        let lines = remedy.split(separator: "\n").map { "\n    \($0)" }.joined()
        return "\(severity.rawValue): \(message)\(lines)"
    }
}
