/// What a log line looks like.
public enum LogFormat: String, CaseIterable, Sendable {
    /// `time=… level=info msg=… key=value`; without the time and with a `<6>` before it when it goes to the journal.
    case logfmt
    /// One JSON object a line.
    case json
}
