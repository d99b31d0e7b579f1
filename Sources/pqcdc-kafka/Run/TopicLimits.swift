import Kafka
import LinuxSupport

/// What topics ask of records, by their own word.
///
/// A record that a broker refuses takes its whole request with it, so whoever wants to put single records aside must
/// know before. One client asks for all topics, since rows may name many.
///
/// `@unchecked Sendable`: belongs to one session's sink, which asks one question at a time.
final class TopicLimits: @unchecked Sendable {
    private let properties: ClientProperties
    private var inspector: ClusterInspector?
    /// What the brokers give topics that say nothing themselves; nil while nobody has said, or may not.
    private var general: TopicConfiguration?
    private var hasNoAnswers = false

    private static let timeout = Duration.seconds(10)

    init(properties: ClientProperties) {
        self.properties = properties
    }

    /// What the topic asks of records, or would when it is made; nil where nobody says. Asks anew each time.
    nonisolated(nonsending) func demands(of topic: String) async -> TopicDemands? {
        await DedicatedThread.run(name: "kafka-limits") { self.ask(topic).map { TopicDemands(configuration: $0) } }
    }

    /// Not to be told, by clusters that know no such question or roles that may not ask, leaves the client's own limit,
    /// message.max.bytes.
    private func ask(_ topic: String) -> TopicConfiguration? {
        if inspector == nil {
            inspector = try? ClusterInspector(properties)
            guard let broker = try? inspector?.cluster(timeout: Self.timeout).brokers.keys.min() else {
                // The cluster may answer the next time.
                inspector = nil
                return nil
            }
            do throws(KafkaError) {
                general = try inspector?.configuration(ofBroker: broker, timeout: Self.timeout).topicDefaults
            } catch  where error.isUnsupported {
                hasNoAnswers = true
            } catch {
                general = nil
            }
        }
        // Asked about a topic, a cluster without that question would be waited for.
        guard !hasNoAnswers, let inspector,
            case .success(let configuration)? = try? inspector.configurations(
                ofTopics: [topic], timeout: Self.timeout)[topic]
        else { return general }
        return configuration
    }
}
