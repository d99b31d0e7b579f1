/// `onTruncate`: what a TRUNCATE sends.
public enum TruncateAction: String, CaseIterable, Sendable {
    case skip
    /// One record without a key for each truncated table, with the statement's flags as its value.
    case record
}
