/// A cluster as its metadata shows it to this client.
public struct ClusterState: Hashable, Sendable {
    /// `host:port` of each broker, by broker id.
    public var brokers: [Int32: String]
    /// The topics that this client may see, by name.
    public var topics: [String: TopicState]

    public init(brokers: [Int32: String], topics: [String: TopicState]) {
        self.brokers = brokers
        self.topics = topics
    }
}
