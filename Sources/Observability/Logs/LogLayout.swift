/// The format together with what the reader of the lines adds by itself.
enum LogLayout: Sendable {
    case logfmt
    /// logfmt for journald, which keeps the time and reads the level from a prefix.
    case journal
    case json

    init(_ format: LogFormat, isJournal: Bool) {
        self =
            switch format {
            case .logfmt: isJournal ? .journal : .logfmt
            case .json: .json
            }
    }
}
