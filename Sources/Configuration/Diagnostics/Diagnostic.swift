/// One thing that is wrong, or doubtful, in a configuration file.
public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
    public enum Severity: String, Sendable {
        /// The file cannot be used.
        case error
        /// The file can be used, and a key of it does not do what its name promises.
        case warning
        /// The file can be used by a process that sees more than this one.
        case note
    }

    public var severity: Severity
    public var file: String
    /// Counted from 1; 1:1 for what concerns the file as a whole.
    public var line: Int
    /// Counted from 1, in Unicode scalars.
    public var column: Int
    public var message: String
    /// What to do instead, such as `did you mean "host"?`.
    public var note: String?
    /// The source line, secrets replaced by `***`, and a line with the caret; nil when no line is to blame.
    public var excerpt: String?

    /// `file:line:column: error: …`, the line, and the caret with the note.
    public var rendered: String {
        var text = "\(file):\(line):\(column): \(severity.rawValue): \(message)"
        if let excerpt { text += "\n" + excerpt }
        if let note { text += (excerpt == nil ? "\n    " : " ") + note }
        return text
    }

    public var description: String { rendered }
}
