import Configuration
import Kafka
import Pipeline
import RowMapping

/// The topics of the mapping: there or creatable, and fit for our records.
enum TopicFindings {
    static func evaluate(_ settings: Settings, _ report: ClusterReport) -> [Finding] {
        settings.topics.flatMap { topic -> [Finding] in
            guard report.cluster.topics[topic] != nil else { return missing(topic, settings, report) }
            return existing(topic, settings, report)
        } + unknowns(report)
    }

    private static func command(_ tool: String, _ settings: Settings) -> String {
        "\(tool) --bootstrap-server \(settings.kafka.brokers.joined(separator: ","))"
    }

    private static func missing(_ topic: String, _ settings: Settings, _ report: ClusterReport) -> [Finding] {
        let create = "\(command("kafka-topics.sh", settings)) --create --topic \(topic)"
        guard settings.kafka.allowAutoTopicCreation else {
            return [
                .error(
                    "topic \"\(topic)\" does not exist, or this client may not see it "
                        + "(kafka.allowAutoTopicCreation: false)",
                    mend: create)
            ]
        }
        switch try? report.broker.get().autoCreatesTopics {
        case true?:
            return [.note("topic \"\(topic)\" does not exist; the broker creates it with the first record")]
                + createdSize(topic, create, report)
        case false?:
            return [
                .error(
                    "topic \"\(topic)\" does not exist, and the broker does not create topics "
                        + "(auto.create.topics.enable=false)",
                    mend: create)
            ]
        case nil:
            return [
                .warning(
                    "topic \"\(topic)\" does not exist, and whether the broker creates topics is unknown", mend: create)
            ]
        }
    }

    /// A topic that the broker creates takes the broker's own limit.
    private static func createdSize(_ topic: String, _ create: String, _ report: ClusterReport) -> [Finding] {
        guard let limit = try? report.broker.get().messageMaxBytes, limit < report.clientMessageMaxBytes else {
            return []
        }
        return [
            .warning(
                "topic \"\(topic)\" will take \(limit) bytes at most (message.max.bytes of the broker), and this client "
                    + "sends up to \(report.clientMessageMaxBytes): a larger row stops the pipeline",
                mend: "\(create) --config max.message.bytes=\(report.clientMessageMaxBytes)")
        ]
    }

    private static func existing(_ topic: String, _ settings: Settings, _ report: ClusterReport) -> [Finding] {
        guard let configuration = try? report.topics[topic]?.get() else { return [] }
        return size(topic, configuration, settings, report) + compaction(topic, configuration, settings)
    }

    private static func size(
        _ topic: String, _ configuration: TopicConfiguration, _ settings: Settings, _ report: ClusterReport
    ) -> [Finding] {
        guard let limit = configuration.maxMessageBytes, limit < report.clientMessageMaxBytes else { return [] }
        return [
            .warning(
                "topic \"\(topic)\" takes \(limit) bytes at most (max.message.bytes), and this client sends up to "
                    + "\(report.clientMessageMaxBytes) (message.max.bytes): a larger row stops the pipeline",
                mend: "\(command("kafka-configs.sh", settings)) --alter --topic \(topic) "
                    + "--add-config max.message.bytes=\(report.clientMessageMaxBytes)")
        ]
    }

    private static func compaction(
        _ topic: String, _ configuration: TopicConfiguration, _ settings: Settings
    ) -> [Finding] {
        guard configuration.isCompacted else { return [] }
        let tables = settings.mapping.tables.filter { $0.value.topic.text == topic && $0.value.onTruncate == .record }
        return tables.keys.sorted().map {
            .error(
                "topic \"\(topic)\" is compacted and refuses records without a key, which onTruncate: record of table "
                    + "\"\($0)\" sends",
                mend: "mapping.tables.\($0).onTruncate: skip")
        }
    }

    /// A cluster may refuse to describe itself, and that alone is nothing to mend.
    private static func unknowns(_ report: ClusterReport) -> [Finding] {
        var findings: [Finding] = []
        if case .failure(let error) = report.broker {
            findings.append(.note("the broker's own limits are unknown: \(error)"))
        }
        for (topic, configuration) in report.topics.sorted(by: { $0.key < $1.key }) {
            guard case .failure(let error) = configuration else { continue }
            findings.append(.note("the limits of topic \"\(topic)\" are unknown: \(error)"))
        }
        return findings
    }
}
