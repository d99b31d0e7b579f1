import Configuration

/// Command lines of Kafka's own tools, for people to run.
enum KafkaTool {
    /// `kafka-topics.sh` and the like, with the cluster's address.
    static func command(_ tool: String, _ settings: Settings) -> String {
        "\(tool) --bootstrap-server \(settings.kafka.brokers.joined(separator: ","))"
    }

    /// What makes the topic of the positions.
    static func createStateTopic(_ name: String, _ settings: Settings) -> String {
        "\(command("kafka-topics.sh", settings)) --create --topic \(name) --partitions 1 --config cleanup.policy=compact"
    }
}
