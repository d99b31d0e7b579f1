/// What a broker's configuration says about topics that do not exist yet.
/// <https://kafka.apache.org/documentation/#brokerconfigs>
public struct BrokerConfiguration: Hashable, Sendable {
    /// `message.max.bytes`: what a created topic takes.
    public var messageMaxBytes: Int?
    /// `auto.create.topics.enable`.
    public var autoCreatesTopics: Bool?

    public init(messageMaxBytes: Int?, autoCreatesTopics: Bool?) {
        self.messageMaxBytes = messageMaxBytes
        self.autoCreatesTopics = autoCreatesTopics
    }

    init(_ entries: [String: String]) {
        messageMaxBytes = entries["message.max.bytes"].flatMap { Int($0) }
        autoCreatesTopics = entries["auto.create.topics.enable"].map { $0 == "true" }
    }
}
