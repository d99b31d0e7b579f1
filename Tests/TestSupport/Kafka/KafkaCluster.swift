/// A Kafka that tests can talk to, whatever stands behind it.
public protocol KafkaCluster: AnyObject, Sendable {
    var kind: KafkaKind { get }
    /// What clients are configured with.
    var bootstrapServers: String { get }
    /// Creates a topic and returns when it is there.
    func createTopic(_ name: String, partitions: Int, config: [String: String]) throws
}

extension KafkaCluster {
    /// Creates a topic with a name of its own and returns the name.
    public func createTopic(prefix: String = "topic", partitions: Int = 1) throws -> String {
        let name = UniqueName.next(prefix)
        try createTopic(name, partitions: partitions, config: [:])
        return name
    }
}
