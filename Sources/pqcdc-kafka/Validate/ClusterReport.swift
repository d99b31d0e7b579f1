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
    /// Why brokers that the cluster names cannot be reached; empty where all can.
    var unreachable: [Int32: KafkaError] = [:]
    /// Topics that this client may not see, be they there or not.
    var hidden: [String: KafkaError] = [:]

    /// For each request; a cluster that is up answers within a fraction of it.
    private static let timeout = Duration.seconds(5)

    static func read(_ properties: ClientProperties, topics: [String]) throws(KafkaError) -> ClusterReport {
        let limit = try properties.effectiveValue(of: "message.max.bytes").flatMap { Int($0) }
        let inspector = try ClusterInspector(properties)
        let cluster = try inspector.cluster(timeout: timeout)
        // As run does, whose records go to each partition's leader.
        let unreachable = inspector.unreachable(cluster.brokers, timeout: timeout)
        let existing = topics.filter { cluster.topics[$0] != nil }
        var report = ClusterReport(
            cluster: cluster, topics: configurations(of: existing, inspector),
            broker: broker(of: cluster, except: unreachable, inspector), clientMessageMaxBytes: limit ?? 1_000_000,
            unreachable: unreachable)
        if case .success(let broker) = report.broker, broker.checksAccess == false { return report }
        for topic in topics where cluster.topics[topic] == nil {
            if let refusal = hides(topic, properties) { report.hidden[topic] = refusal }
        }
        return report
    }

    /// Why this client may not see a topic; nil where it may, or where nobody says. The list of all topics leaves out those
    /// that it may not see; asked for by name, the brokers say so.
    private static func hides(_ topic: String, _ properties: ClientProperties) -> KafkaError? {
        do throws(KafkaError) {
            _ = try StateTopic(properties, name: topic).existence(timeout: timeout)
            return nil
        } catch {
            return ExitStatus(error) == .permission ? error : nil
        }
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
        of cluster: ClusterState, except unreachable: [Int32: KafkaError], _ inspector: ClusterInspector
    ) -> Result<BrokerConfiguration, KafkaError> {
        let reachable = cluster.brokers.keys.filter { unreachable[$0] == nil }
        return Result { () throws(KafkaError) in
            try inspector.configuration(ofBroker: reachable.min() ?? 0, timeout: timeout)
        }
    }
}
