import Postgres
import Testing

@testable import Configuration
@testable import Kafka
@testable import pqcdc_kafka

@Suite struct DeliveryFindingsTests {
    private static func report(
        topic: TopicConfiguration? = TopicConfiguration(maxMessageBytes: nil, isCompacted: true),
        longest: Duration? = .seconds(900), checksAccess: Bool? = false
    ) -> ClusterReport {
        ClusterReport(
            cluster: ClusterState(
                brokers: [1: "broker:9092"],
                topics: topic.map { _ in ["pqcdc-state": TopicState(name: "pqcdc-state", partitionCount: 1)] } ?? [:]),
            topics: topic.map { ["pqcdc-state": .success($0)] } ?? [:],
            broker: .success(
                BrokerConfiguration(
                    messageMaxBytes: nil, autoCreatesTopics: true, transactionMaxTimeout: longest,
                    checksAccess: checksAccess)),
            clientMessageMaxBytes: 1_000_000)
    }

    private static func settings(
        _ delivery: KafkaSettings.Delivery = .atLeastOnce, stateTopic: String? = "pqcdc-state"
    ) -> Settings {
        var settings = Fixture.settings()
        settings.kafka.delivery = delivery
        settings.kafka.stateTopic = stateTopic
        return settings
    }

    private func findings(
        _ settings: Settings, _ report: ClusterReport, systemIdentifier: UInt64? = 7
    ) -> [Finding] {
        StateTopicFindings.evaluate(settings, report)
            + DeliveryFindings.evaluate(settings, report, systemIdentifier: systemIdentifier)
    }

    @Test(arguments: KafkaSettings.Delivery.allCases)
    func aClusterThatFitsGivesNothingToSay(_ delivery: KafkaSettings.Delivery) {
        #expect(findings(Self.settings(delivery), Self.report()).isEmpty)
    }

    @Test(
        "A state topic that forgets is an error where records could come twice",
        arguments: [
            (false, true, KafkaSettings.Delivery.atLeastOnce, Finding.Severity.warning, "it is not compacted"),
            (false, true, .exactlyOnce, .error, "it is not compacted"),
            (true, true, .exactlyOnce, .error, "cleanup.policy holds delete"),
        ])
    func aStateTopicThatForgets(
        isCompacted: Bool, dropsOldRecords: Bool, delivery: KafkaSettings.Delivery, severity: Finding.Severity,
        reason: String
    ) throws {
        let topic = TopicConfiguration(
            maxMessageBytes: nil, isCompacted: isCompacted, dropsOldRecords: dropsOldRecords)
        let findings = findings(Self.settings(delivery), Self.report(topic: topic))
        #expect(findings.map(\.severity) == [severity])
        #expect(findings[0].message.contains(reason))
        #expect(
            findings[0].remedy
                == "kafka-configs.sh --bootstrap-server broker:9092 --alter --topic pqcdc-state --add-config "
                + "cleanup.policy=compact")
    }

    @Test func aMissingStateTopicIsMadeByTheFirstStart() throws {
        let findings = findings(Self.settings(.exactlyOnce), Self.report(topic: nil))
        #expect(findings.map(\.severity) == [.note])
        #expect(
            findings[0].remedy?.hasSuffix(
                "--create --topic pqcdc-state --partitions 1 --config cleanup.policy=compact") == true)
    }

    @Test func withoutAStateTopicItIsSaidWhatIsLost() {
        let findings = findings(Self.settings(stateTopic: nil), Self.report(topic: nil))
        #expect(findings.map(\.severity) == [.note])
        #expect(findings[0].message.contains("nobody notices what was lost"))
    }

    @Test(
        "A transaction longer than the brokers allow is an error, with exactly-once only",
        arguments: [
            (Duration?.some(.seconds(59)), KafkaSettings.Delivery.exactlyOnce, [Finding.Severity.error]),
            (.seconds(60), .exactlyOnce, []), (nil, .exactlyOnce, [.note]), (.seconds(1), .atLeastOnce, []),
        ])
    func longTransactions(longest: Duration?, delivery: KafkaSettings.Delivery, expected: [Finding.Severity]) {
        let findings = findings(Self.settings(delivery), Self.report(longest: longest))
        #expect(findings.map(\.severity) == expected)
        if expected == [.error] { #expect(findings[0].remedy == "transactionTimeout: 59000ms") }
    }

    @Test func whereRightsAreCheckedThoseThatAreNeededAreNamed() throws {
        var settings = Self.settings(.exactlyOnce)
        settings.cdc.database = "the shop's"
        settings.kafka.properties = [("sasl.username", .plain("cdc"))]
        let finding = try #require(findings(settings, Self.report(checksAccess: true)).first)
        #expect(finding.severity == .note)
        let add = "kafka-acls.sh --bootstrap-server broker:9092 --add --allow-principal User:cdc"
        #expect(
            finding.remedy?.split(separator: "\n").map(String.init) == [
                "\(add) --operation Read --operation Write --operation Describe --operation Create --topic pqcdc-state",
                #"\#(add) --operation Write --operation Describe --transactional-id 'pqcdc-7-the shop'\''s-slot'"#,
                "\(add) --operation IdempotentWrite --cluster  # brokers before 2.8",
            ])
    }

    @Test func brokersThatRefuseToDescribeThemselvesCheckRights() throws {
        var report = Self.report()
        var refusal = KafkaError(configuration: "no", action: "read the configuration of broker 1")
        refusal.name = "CLUSTER_AUTHORIZATION_FAILED"
        refusal.code = 31
        report.broker = .failure(refusal)
        let finding = try #require(findings(Self.settings(), report, systemIdentifier: nil).first)
        #expect(finding.message.contains("check access"))
        #expect(finding.remedy?.contains("--transactional-id") == false)
        let unknown = KafkaAccess.commands(Self.settings(.exactlyOnce), systemIdentifier: nil)
        #expect(unknown.contains("--transactional-id pqcdc- --resource-pattern-type prefixed"))
        // The same are the advice where a command is refused for want of one.
        #expect(ClusterFailure.finding(refusal, Self.settings()).remedy == finding.remedy)
    }

    @Test func aHeartbeatOnAStandbyIsAWarning() {
        var settings = Self.settings()
        settings.cdc.heartbeatInterval = .seconds(10)
        var state = Fixture.database
        #expect(ServerFindings.evaluate(settings, state).isEmpty)
        state.server.isInRecovery = true
        state.server.version = 160_004
        #expect(ServerFindings.evaluate(settings, state).map(\.severity) == [.warning])
    }
}
