/// `onError` and `onOversize`: what happens to a change that cannot become a record.
public enum FailureAction: String, CaseIterable, Sendable {
    /// The pipeline stops; nothing at or behind the change is confirmed.
    case stop
    /// A record of what there is goes to the dead-letter topic, and the pipeline goes on.
    case deadLetter
    /// Counted and logged, and gone.
    case skip
}
