/// What a broker's configuration says about topics that do not exist yet, about transactions and about rights.
/// <https://kafka.apache.org/documentation/#brokerconfigs>
public struct BrokerConfiguration: Hashable, Sendable {
    /// `message.max.bytes`: what a created topic takes.
    public var messageMaxBytes: Int?
    /// `auto.create.topics.enable`.
    public var autoCreatesTopics: Bool?
    /// `transaction.max.timeout.ms`: the longest `transaction.timeout.ms` that a producer may ask for.
    public var transactionMaxTimeout: Duration?
    /// Whether `authorizer.class.name` names one, so that rights are checked.
    public var checksAccess: Bool?
    /// What a topic has that says nothing itself; nil where it is not told.
    public var topicDefaults: TopicConfiguration?

    public init(
        messageMaxBytes: Int?, autoCreatesTopics: Bool?, transactionMaxTimeout: Duration? = nil,
        checksAccess: Bool? = nil
    ) {
        self.messageMaxBytes = messageMaxBytes
        self.autoCreatesTopics = autoCreatesTopics
        self.transactionMaxTimeout = transactionMaxTimeout
        self.checksAccess = checksAccess
    }

    init(_ entries: [String: String]) {
        messageMaxBytes = entries["message.max.bytes"].flatMap { Int($0) }
        autoCreatesTopics = entries["auto.create.topics.enable"].map { $0 == "true" }
        transactionMaxTimeout = entries["transaction.max.timeout.ms"].flatMap { Int64($0) }.map { .milliseconds($0) }
        topicDefaults = TopicConfiguration(entries, prefix: "log.")
        checksAccess = entries["authorizer.class.name"].map { !$0.isEmpty }
    }
}
