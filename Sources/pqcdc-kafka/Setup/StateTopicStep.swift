import Configuration
import Kafka

/// The one thing that a setup makes in Kafka: the topic of the positions.
///
/// It is made before anything in PostgreSQL and never taken back: other pipelines may have begun to keep their
/// positions there, and an empty topic harms nobody.
struct StateTopicStep {
    private let topic: StateTopic
    /// What makes the same by hand.
    private let command: String

    /// For each request; a cluster that is up answers within a fraction of it.
    private static let patience = Duration.seconds(5)
    /// A controller may wait for brokers to take the topic's replicas.
    private static let patienceToCreate = Duration.seconds(30)

    /// Asks the cluster, and changes nothing. Nil where there is nothing to make: the file does without the topic, it
    /// is there, or the brokers take no such request and leave it to the first record.
    static func find(_ settings: Settings) throws(KafkaError) -> StateTopicStep? {
        guard let name = settings.kafka.stateTopic else { return nil }
        let topic = StateTopic(settings.clientProperties, name: name)
        guard try topic.existence(timeout: patience) == .missing, try takesRequests(settings) else { return nil }
        return StateTopicStep(topic: topic, command: KafkaTool.createStateTopic(name, settings))
    }

    /// As a comment of SQL, so that what a dry run prints can be given to psql.
    var description: String { "-- \(command)" }

    /// Makes the topic. Whether it was this run that did is of no importance, so nothing is returned.
    func take() throws(KafkaError) { _ = try topic.createIfMissing(timeout: Self.patienceToCreate) }

    /// What to say when the rest of a setup fails behind this step.
    var remains: String { "topic \"\(topic.name)\" was created in Kafka and is left there" }

    /// Whether the brokers have the admin API. Any other answer than "no" is left to the creation to report.
    private static func takesRequests(_ settings: Settings) throws(KafkaError) -> Bool {
        let inspector = try ClusterInspector(settings.clientProperties)
        let cluster = try inspector.cluster(timeout: patience)
        do throws(KafkaError) {
            _ = try inspector.configuration(ofBroker: cluster.brokers.keys.min() ?? 0, timeout: patience)
            return true
        } catch {
            return !error.isUnsupported
        }
    }
}
