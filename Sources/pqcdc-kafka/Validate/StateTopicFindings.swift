import Configuration
import Kafka
import Pipeline

/// The topic of the positions: there, and of a kind that keeps them.
enum StateTopicFindings {
    static func evaluate(_ settings: Settings, _ report: ClusterReport) -> [Finding] {
        guard let topic = settings.kafka.stateTopic else {
            return [
                .note(
                    "no position is kept in Kafka (kafka.stateTopic: none): a slot that was dropped and created again is "
                        + "taken for one that is behind, and nobody notices what was lost in between")
            ]
        }
        if let error = report.hidden[topic] {
            return [
                .error(
                    "\(error)",
                    mend: KafkaAccess.command(settings, topic: topic, ["Read", "Write", "Describe", "Create"]),
                    .permission)
            ]
        }
        guard report.cluster.topics[topic] != nil else { return [missing(topic, settings)] }
        guard case .success(let configuration)? = report.topics[topic] else { return [] }
        if !configuration.isCompacted || configuration.dropsOldRecords {
            return [perishable(topic, configuration, settings)]
        }
        return []
    }

    private static func missing(_ topic: String, _ settings: Settings) -> Finding {
        .note(
            "state topic \"\(topic)\" does not exist, or this client may not see it; run creates it, if it may",
            mend: "pqcdc-kafka setup --config FILE, or: \(KafkaTool.createStateTopic(topic, settings))")
    }

    private static func perishable(
        _ topic: String, _ configuration: TopicConfiguration, _ settings: Settings
    ) -> Finding {
        let policy = configuration.isCompacted ? "cleanup.policy holds delete" : "it is not compacted"
        let message =
            "state topic \"\(topic)\" does not keep positions (\(policy)): one that is older than its retention is lost"
        let mend =
            "\(KafkaTool.command("kafka-configs.sh", settings)) --alter --topic \(topic) "
            + "--add-config cleanup.policy=compact"
        switch settings.kafka.delivery {
        // What was sent before would be sent again.
        case .exactlyOnce: return .error(message, mend: mend)
        case .atLeastOnce: return .warning(message, mend: mend)
        }
    }
}
