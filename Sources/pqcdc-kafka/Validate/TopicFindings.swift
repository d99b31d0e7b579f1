import Configuration
import Kafka
import Pipeline
import RowMapping

/// The topics of the mapping: there or creatable, and fit for our records.
enum TopicFindings {
    static func evaluate(_ settings: Settings, _ tables: [MappedTable], _ report: ClusterReport) -> [Finding] {
        settings.topics(tables).flatMap { use -> [Finding] in
            guard report.cluster.topics[use.topic] != nil else { return missing(use, settings, report) }
            return existing(use, settings, report)
        } + unknowns(report)
    }

    /// The tables of which the topics cannot be looked at, since their changes name them.
    static func unchecked(_ tables: [MappedTable]) -> [Finding] {
        tables.filter(\.changesDecideTopic).map {
            .note(
                "the topics of table \"\($0.name)\" are named by its changes (\($0.rule.topic)), so they are not checked"
            )
        }
    }

    private static func missing(_ use: TopicUse, _ settings: Settings, _ report: ClusterReport) -> [Finding] {
        let topic = use.topic
        if let error = report.hidden[topic] {
            return [
                .error(
                    "\(error)", mend: KafkaAccess.command(settings, topic: topic, ["Write", "Describe"]), .permission)
            ]
        }
        let create = "\(KafkaTool.command("kafka-topics.sh", settings)) --create --topic \(topic)"
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
                + createdSize(use, create, report)
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
    private static func createdSize(_ use: TopicUse, _ create: String, _ report: ClusterReport) -> [Finding] {
        guard let consequence = consequence(use), let limit = try? report.broker.get().messageMaxBytes,
            limit < report.clientMessageMaxBytes
        else {
            return []
        }
        return [
            .warning(
                "topic \"\(use.topic)\" will take \(limit) bytes at most (message.max.bytes of the broker), and this client "
                    + "sends up to \(report.clientMessageMaxBytes): \(consequence)",
                mend: "\(create) --config max.message.bytes=\(report.clientMessageMaxBytes)")
        ]
    }

    /// What a record that is too large leads to, by the rules of those who send to the topic.
    private static func consequence(_ use: TopicUse) -> String? {
        let consequences = FailureAction.allCases.filter(use.onOversize.contains).map {
            switch $0 {
            case .stop: "stops the pipeline"
            case .deadLetter: "goes to the dead-letter topic"
            case .skip: "is skipped"
            }
        }
        return consequences.isEmpty ? nil : "a larger record " + consequences.joined(separator: " or ")
    }

    private static func existing(_ use: TopicUse, _ settings: Settings, _ report: ClusterReport) -> [Finding] {
        guard let configuration = try? report.topics[use.topic]?.get() else { return [] }
        return size(use, configuration, settings, report) + compaction(use, configuration)
    }

    private static func size(
        _ use: TopicUse, _ configuration: TopicConfiguration, _ settings: Settings, _ report: ClusterReport
    ) -> [Finding] {
        guard let consequence = consequence(use), let limit = configuration.maxMessageBytes,
            limit < report.clientMessageMaxBytes
        else { return [] }
        return [
            .warning(
                "topic \"\(use.topic)\" takes \(limit) bytes at most (max.message.bytes), and this client sends up to "
                    + "\(report.clientMessageMaxBytes) (message.max.bytes): \(consequence)",
                mend: "\(KafkaTool.command("kafka-configs.sh", settings)) --alter --topic \(use.topic) "
                    + "--add-config max.message.bytes=\(report.clientMessageMaxBytes)")
        ]
    }

    private static func compaction(_ use: TopicUse, _ configuration: TopicConfiguration) -> [Finding] {
        guard configuration.isCompacted else { return [] }
        return use.tables.filter { $0.rule.onTruncate == .record }.map {
            .error(
                "topic \"\(use.topic)\" is compacted and refuses records without a key, which onTruncate: record of "
                    + "table \"\($0.name)\" sends",
                mend: "\($0.path).onTruncate: skip")
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
