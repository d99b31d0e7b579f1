/// What a topic's configuration says about records that a producer sends.
/// <https://kafka.apache.org/documentation/#topicconfigs>
public struct TopicConfiguration: Hashable, Sendable {
    /// `max.message.bytes`: the largest record batch, compressed, that the topic takes.
    public var maxMessageBytes: Int?
    /// Whether `cleanup.policy` holds `compact`: such a topic refuses records without a key.
    public var isCompacted: Bool

    public init(maxMessageBytes: Int?, isCompacted: Bool = false) {
        self.maxMessageBytes = maxMessageBytes
        self.isCompacted = isCompacted
    }

    init(_ entries: [String: String]) {
        maxMessageBytes = entries["max.message.bytes"].flatMap { Int($0) }
        isCompacted = entries["cleanup.policy"]?.split(separator: ",").contains("compact") ?? false
    }
}
