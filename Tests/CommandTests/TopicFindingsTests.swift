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

    @Test(arguments: [
        (true, Bool?.some(true), Finding.Severity.note), (true, false, .error), (true, nil, .warning),
        (false, true, .error),
    ])
    func aMissingTopicIsJudgedByWhoMayCreateIt(_ allowed: Bool, _ broker: Bool?, _ severity: Finding.Severity) {
        var settings = Fixture.settings()
        settings.kafka.allowAutoTopicCreation = allowed
        let findings = TopicFindings.evaluate(settings, Self.report(autoCreates: broker))
        #expect(findings.map(\.severity) == [severity])
    }

    @Test func aTopicThatTakesLessThanWeSendIsAWarningWithItsCommand() throws {
        let report = Self.report(topic: TopicConfiguration(maxMessageBytes: 500_000))
        let finding = try #require(TopicFindings.evaluate(Fixture.settings(), report).first)
        #expect(finding.severity == .warning)
        #expect(finding.remedy?.contains("--topic users.0 --add-config max.message.bytes=1000000") == true)
    }

    @Test func aTopicThatTheBrokerWillCreateIsJudgedByTheBrokersLimit() {
        var report = Self.report()
        report.broker = .success(BrokerConfiguration(messageMaxBytes: 500_000, autoCreatesTopics: true))
        let findings = TopicFindings.evaluate(Fixture.settings(), report)
        #expect(findings.map(\.severity) == [.note, .warning])
    }

    @Test func aCompactedTopicRefusesATruncateRecord() {
        let report = Self.report(topic: TopicConfiguration(maxMessageBytes: nil, isCompacted: true))
        let rule = TableRule(topic: "users.0", key: ["id"], onTruncate: .record)
        let findings = TopicFindings.evaluate(Fixture.settings(mapping: [Fixture.users: rule]), report)
        #expect(findings.map(\.severity) == [.error])
    }
}
