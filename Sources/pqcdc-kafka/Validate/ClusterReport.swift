import Kafka
import Pipeline

/// What the cluster told about itself and about our topics; a part that it refused is a failure of its own.
struct ClusterReport {
    var cluster: ClusterState
    /// By topic, for those that exist.
    var topics: [String: Result<TopicConfiguration, KafkaError>]
    var broker: Result<BrokerConfiguration, KafkaError>
    /// `message.max.bytes` of this client.
    var clientMessageMaxBytes: Int

    /// For each request; a cluster that is up answers within a fraction of it.
    private static let timeout = Duration.seconds(5)

    static func read(_ properties: ClientProperties, topics: [String]) throws(KafkaError) -> ClusterReport {
        let limit = try properties.effectiveValue(of: "message.max.bytes").flatMap { Int($0) }
        let inspector = try ClusterInspector(properties)
        let cluster = try inspector.cluster(timeout: timeout)
        let existing = topics.filter { cluster.topics[$0] != nil }
        return ClusterReport(
            cluster: cluster, topics: configurations(of: existing, inspector),
            broker: broker(of: cluster, inspector), clientMessageMaxBytes: limit ?? 1_000_000)
    }

    private static func configurations(
        of names: [String], _ inspector: ClusterInspector
    ) -> [String: Result<TopicConfiguration, KafkaError>] {
        do throws(KafkaError) {
            return try inspector.configurations(ofTopics: names, timeout: timeout)
        } catch {
            return Dictionary(names.map { ($0, .failure(error)) }) { first, _ in first }
        }
    }

    private static func broker(
        of cluster: ClusterState, _ inspector: ClusterInspector
    ) -> Result<BrokerConfiguration, KafkaError> {
        Result { () throws(KafkaError) in
            try inspector.configuration(ofBroker: cluster.brokers.keys.min() ?? 0, timeout: timeout)
        }
    }
}
