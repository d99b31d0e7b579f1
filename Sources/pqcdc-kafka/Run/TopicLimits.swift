import Kafka
import LinuxSupport

/// How large a topic's records may be, by its own word.
///
/// A record that a broker refuses takes its whole request with it, so whoever wants to put single records aside must
/// know before.
struct TopicLimits: Sendable {
    let properties: ClientProperties

    /// `max.message.bytes` of the topic, or what the brokers would give it; nil where nobody says.
    nonisolated(nonsending) func limit(of topic: String) async -> Int? {
        await DedicatedThread.run(name: "kafka-limits") {
            // Not to be told, by clusters that know no such question or roles that may not ask, leaves the client's
            // own limit, message.max.bytes.
            guard let inspector = try? ClusterInspector(properties),
                let broker = try? inspector.cluster(timeout: Self.timeout).brokers.keys.min()
            else { return nil }
            var general: Int?
            do throws(KafkaError) {
                general = try inspector.configuration(ofBroker: broker, timeout: Self.timeout).messageMaxBytes
            } catch  where error.isUnsupported {
                // Asked about a topic, a cluster without that question would be waited for.
                return nil
            } catch {
                general = nil
            }
            guard
                case .success(let configuration)? = try? inspector.configurations(
                    ofTopics: [topic], timeout: Self.timeout)[topic]
            else { return general }
            return configuration.maxMessageBytes ?? general
        }
    }

    private static let timeout = Duration.seconds(10)
}
