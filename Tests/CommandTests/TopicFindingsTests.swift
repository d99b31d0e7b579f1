import Configuration
import Kafka
import RowMapping
import Testing

@testable import pqcdc_kafka

@Suite struct TopicFindingsTests {
    /// - Parameters:
    ///   - autoCreates: nil when the broker does not say.
    static func report(
        topic: TopicConfiguration? = nil, autoCreates: Bool? = true
    ) -> ClusterReport {
        let topics = topic.map { _ in ["users.0": TopicState(name: "users.0", partitionCount: 1)] } ?? [:]
        return ClusterReport(
            cluster: ClusterState(brokers: [1: "broker:9092"], topics: topics),
            topics: topic.map { ["users.0": .success($0)] } ?? [:],
            broker: .success(BrokerConfiguration(messageMaxBytes: nil, autoCreatesTopics: autoCreates)),
            clientMessageMaxBytes: 1_000_000)
    }

    private func findings(_ settings: Settings, _ report: ClusterReport) -> [Finding] {
        TopicFindings.evaluate(settings, settings.mappedTables(Fixture.database), report)
    }

    private func topics(_ settings: Settings) -> [String] { settings.topics(settings.mappedTables(nil)).map(\.topic) }

    @Test(arguments: [
        (true, Bool?.some(true), Finding.Severity.note), (true, false, .error), (true, nil, .warning),
        (false, true, .error),
    ])
    func aMissingTopicIsJudgedByWhoMayCreateIt(_ allowed: Bool, _ broker: Bool?, _ severity: Finding.Severity) {
        var settings = Fixture.settings()
        settings.kafka.allowAutoTopicCreation = allowed
        let findings = findings(settings, Self.report(autoCreates: broker))
        #expect(findings.map(\.severity) == [severity])
    }

    @Test func aTopicThatTakesLessThanWeSendIsAWarningWithItsCommand() throws {
        let report = Self.report(topic: TopicConfiguration(maxMessageBytes: 500_000))
        let finding = try #require(findings(Fixture.settings(), report).first)
        #expect(finding.severity == .warning)
        #expect(finding.remedy?.contains("--topic users.0 --add-config max.message.bytes=1000000") == true)
    }

    @Test func aTopicThatTheBrokerWillCreateIsJudgedByTheBrokersLimit() {
        var report = Self.report()
        report.broker = .success(BrokerConfiguration(messageMaxBytes: 500_000, autoCreatesTopics: true))
        let findings = findings(Fixture.settings(), report)
        #expect(findings.map(\.severity) == [.note, .warning])
    }

    @Test func aCompactedTopicRefusesATruncateRecord() {
        let report = Self.report(topic: TopicConfiguration(maxMessageBytes: nil, isCompacted: true))
        let rule = TableRule(topic: "users.0", key: ["id"], onTruncate: .record)
        let findings = findings(Fixture.settings(mapping: [Fixture.users: rule]), report)
        #expect(findings.map(\.severity) == [.error])
    }

    @Test(arguments: [
        (FailureAction.stop, "stops the pipeline"), (.skip, "is skipped"),
        (.deadLetter, "goes to the dead-letter topic"),
    ])
    func whatIsTooLargeIsTreatedAsTheRuleSays(_ action: FailureAction, _ words: String) throws {
        var rule = TableRule(topic: "users.0")
        rule.onOversize = action
        let report = Self.report(topic: TopicConfiguration(maxMessageBytes: 500_000))
        let finding = try #require(findings(Fixture.settings(mapping: [Fixture.users: rule]), report).first)
        #expect(finding.message.hasSuffix("a larger record \(words)"))
    }

    @Test func everyTopicThatIsKnownBeforehandIsChecked() throws {
        let other = TableName(schema: "public", name: "other")
        var settings = Fixture.settings(mapping: [
            Fixture.users: TableRule(topic: try .parse("cdc.{schema}.{table}")),
            other: TableRule(topic: try .parse("cdc.{column:region}")),
        ])
        settings.mapping.messages = [MessageRule(prefix: "a", topic: "audit")]
        settings.mapping.deadLetterTopic = "dead"
        settings.mapping.schemaChangesTopic = "shapes"
        #expect(topics(settings) == ["audit", "cdc.public.users", "dead", "shapes"])
    }

    @Test(arguments: [("t.{column:name}", 1), ("t.{operation}", 1), ("t.{schema}.{table}", 0), ("t", 0)])
    func topicsThatChangesNameAreSaidToBeUnchecked(_ topic: String, _ count: Int) throws {
        let settings = Fixture.settings(mapping: [Fixture.users: TableRule(topic: try .parse(topic))])
        let findings = TopicFindings.unchecked(settings.mappedTables(nil))
        #expect(findings.map(\.severity) == Array(repeating: .note, count: count))
        #expect(findings.allSatisfy { $0.message.contains("(\(topic))") })
    }

    @Test func aTopicThatKafkaRefusesIsNotLookedForUnlessItIsReplaced() throws {
        let odd = TableName(schema: "public", name: "a b")
        var rule = TableRule(topic: try .parse("cdc.{table}"))
        #expect(topics(Fixture.settings(mapping: [odd: rule])).isEmpty)
        rule.illegalTopicCharacters = .replace
        #expect(topics(Fixture.settings(mapping: [odd: rule])) == ["cdc.a_b"])
    }
}
