import Configuration
import Pipeline
import Testing

@testable import Kafka
@testable import pqcdc_kafka

/// What is said of a cluster that refuses, or that is out of reach.
@Suite struct KafkaFailureTests {
    private static func error(_ code: KafkaCode, _ reason: String) -> KafkaError {
        var error = KafkaError(configuration: reason, action: "do it")
        error.code = code.rawValue
        return error
    }

    /// A file with SCRAM, as the reader makes it.
    private static func scram() -> Settings {
        var settings = Fixture.settings()
        settings.kafka.properties = [
            ("security.protocol", .plain("sasl_ssl")), ("sasl.mechanisms", .plain("SCRAM-SHA-512")),
            ("sasl.username", .plain("cdc")),
        ]
        settings.kafka.owners = [
            "sasl.username": "kafka.scramUsername", "sasl.password": "kafka.scramPasswordFile",
        ]
        return settings
    }

    @Test func adviceNamesTheKeysThatTheFileHas() {
        let refusal = Self.error(.localAuthentication, "invalid credentials")
        let finding = ClusterFailure.finding(refusal, Self.scram())
        #expect(finding.status == .permission)
        #expect(finding.remedy?.contains("kafka.scramUsername, kafka.scramPasswordFile") == true)
        var plain = Self.scram()
        plain.kafka.properties[1] = ("sasl.mechanisms", .plain("PLAIN"))
        plain.kafka.owners = ["sasl.username": "kafka.properties"]
        let other = ClusterFailure.finding(refusal, plain).remedy
        #expect(other?.contains("sasl.username in kafka.properties") == true && other?.contains("SCRAM") == false)
    }

    @Test func anOldLibraryIsNamedWhereItsSCRAMIsRefused() {
        let remedy = ClusterFailure.finding(Self.error(.localAuthentication, "x"), Self.scram()).remedy ?? ""
        #expect(remedy.contains("librdkafka before 2.6.1") == Kafka.LibraryVersion.repeatsNonce)
    }

    @Test func aTopicThatThisClientMayNotSeeIsAPrivilegeByName() throws {
        var report = TopicFindingsTests.report()
        report.hidden["users.0"] = Self.error(.topicAuthorizationFailed, "no")
        let settings = Fixture.settings()
        let finding = try #require(
            TopicFindings.evaluate(settings, settings.mappedTables(Fixture.database), report).first)
        #expect(finding.severity == .error && finding.status == .permission)
        #expect(finding.remedy?.contains("--operation Write --operation Describe --topic users.0") == true)
    }

    @Test func aBrokerThatTheClusterNamesAndThatIsOutOfReachIsAnError() throws {
        var report = TopicFindingsTests.report()
        report.unreachable[1] = Self.error(.localResolve, "nowhere:9092/1: Failed to resolve 'nowhere:9092'")
        let finding = try #require(BrokerFindings.evaluate(Fixture.settings(), report).first)
        #expect(finding.severity == .error && finding.status == .unavailable)
        #expect(finding.message.contains("nowhere:9092") && finding.remedy?.contains("advertised.listeners") == true)
    }

    @Test func anOutageIsToldOncePerBrokerAndCause() {
        var log = OutageLog()
        let now = ContinuousClock.now
        func told(_ text: String, _ code: KafkaCode = .localTransport, after seconds: Int = 0) -> Bool {
            log.isNews(Self.error(code, text), now: now + .seconds(seconds))
        }
        let refused = "a:1/1: Connect to ipv4#1.2.3.4:1 failed: Connection refused"
        #expect(
            [told(refused), told(refused), told(refused.replacing("a:1/1", with: "b:1/2"))] == [true, false, true])
        #expect(
            [told("c:1/3: Failed to resolve 'c:1'", .localResolve), told("2/2 brokers are down", .localAllBrokersDown)]
                == [true, false])
        log.recovered()
        #expect(
            [told(refused, after: 1), told("c:1/3: Failed to resolve 'c:1'", .localResolve, after: 1)] == [true, false])
    }

    @Test(arguments: [
        ("no.such.property", "1", "has no such property"), ("linger.ms", "soon", "Invalid value"),
        ("security.protocol", "tls", "refuses its value"),
    ])
    func librdkafkaJudgesAPropertyWithoutAServer(name: String, value: String, words: String) {
        #expect(ClientProperties.obstacle(name, value)?.contains(words) == true)
        #expect(ClientProperties.obstacle("linger.ms", "5") == nil)
    }
}
