/// What a topic's configuration says about records that a producer sends.
/// <https://kafka.apache.org/documentation/#topicconfigs>
public struct TopicConfiguration: Hashable, Sendable {
    /// `max.message.bytes`: the largest record batch, compressed, that the topic takes; or `segment.bytes`, if that is less.
    public var maxMessageBytes: Int?
    /// Whether `cleanup.policy` holds `compact`: such a topic refuses records without a key.
    public var isCompacted: Bool
    /// Whether `cleanup.policy` holds `delete`: records go when they are old, compacted or not.
    public var dropsOldRecords: Bool
    /// How far, in milliseconds, a record's own time may lie before and after the broker's; nil for any.
    public var oldestTime: Int64?
    public var newestTime: Int64?

    public init(
        maxMessageBytes: Int?, isCompacted: Bool = false, dropsOldRecords: Bool = false, oldestTime: Int64? = nil,
        newestTime: Int64? = nil
    ) {
        self.maxMessageBytes = maxMessageBytes
        self.isCompacted = isCompacted
        self.dropsOldRecords = dropsOldRecords
        self.oldestTime = oldestTime
        self.newestTime = newestTime
    }

    /// - Parameter prefix: what stands before a topic's key where the broker gives it to topics that say nothing: `log.`.
    init(_ entries: [String: String], prefix: String = "") {
        let sizeKey = prefix.isEmpty ? "max.message.bytes" : "message.max.bytes"
        maxMessageBytes = [entries[sizeKey], entries["\(prefix)segment.bytes"]].compactMap { $0.flatMap { Int($0) } }
            .min()
        let policies = entries["\(prefix)cleanup.policy"]?.split(separator: ",") ?? []
        isCompacted = policies.contains("compact")
        dropsOldRecords = policies.contains("delete")
        // With LogAppendTime the broker writes its own.
        guard entries["\(prefix)message.timestamp.type"] != "LogAppendTime" else { return }
        // Until Kafka 3.9 one key for both; the largest number stands for any time.
        func time(_ side: String) -> Int64? {
            [side, "difference"].compactMap { entries["\(prefix)message.timestamp.\($0).max.ms"].flatMap { Int64($0) } }
                .min().flatMap { $0 == .max ? nil : $0 }
        }
        oldestTime = time("before")
        newestTime = time("after")
    }
}
