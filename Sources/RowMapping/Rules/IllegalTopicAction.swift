/// `illegalTopicCharacters`: what happens to a topic whose template gives what Kafka allows in no name.
public enum IllegalTopicAction: String, CaseIterable, Sendable {
    case error
    /// Each such character becomes `_`.
    case replace
}
