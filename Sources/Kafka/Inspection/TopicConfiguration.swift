/// What a topic's configuration says about records that a producer sends.
/// <https://kafka.apache.org/documentation/#topicconfigs>
public struct TopicConfiguration: Hashable, Sendable {
    /// `max.message.bytes`: the largest record batch, compressed, that the topic takes.
    public var maxMessageBytes: Int?
    /// Whether `cleanup.policy` holds `compact`: such a topic refuses records without a key.
    public var isCompacted: Bool
    /// Whether `cleanup.policy` holds `delete`: records go when they are old, compacted or not.
    public var dropsOldRecords: Bool

    public init(maxMessageBytes: Int?, isCompacted: Bool = false, dropsOldRecords: Bool = false) {
        self.maxMessageBytes = maxMessageBytes
        self.isCompacted = isCompacted
        self.dropsOldRecords = dropsOldRecords
    }

    init(_ entries: [String: String]) {
        maxMessageBytes = entries["max.message.bytes"].flatMap { Int($0) }
        let policies = entries["cleanup.policy"]?.split(separator: ",") ?? []
        isCompacted = policies.contains("compact")
        dropsOldRecords = policies.contains("delete")
    }
}
