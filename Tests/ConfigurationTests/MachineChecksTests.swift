import Configuration
import Foundation
import Testing

/// What a file is checked against on the machine that it is for.
@Suite struct MachineChecksTests {
    private static func errors(_ text: String) -> [String] {
        ConfigurationFile.parse(
            Array(text.utf8), fileName: "f.yaml", environment: Sample.environment,
            machine: MachineChecks { name, _ in name == "no.such" ? "there is no such property" : nil }
        ).diagnostics.filter { $0.severity == .error }.map(\.message)
    }

    @Test func whatLibrdkafkaRefusesIsFoundWithoutAServer() {
        let errors = Self.errors(Sample.text(kafka: "properties: {no.such: 1, linger.ms: 5}"))
        #expect(errors == [#"kafka.properties sets "no.such": there is no such property"#])
    }

    @Test(arguments: [
        ("", "secureConnection: true\nrootCA: /no/such.pem", "kafka.rootCA"),
        ("", "properties: {ssl.key.location: /no/such.key}", "kafka.properties.ssl.key.location"),
        ("", "properties: {ssl.certificate.location: /no/such.pem}", "kafka.properties.ssl.certificate.location"),
        ("sslMode: verify-full\nsslRootCert: /no/such.crt", "", "cdc.sslRootCert"),
        ("sslCert: /no/such.crt", "", "cdc.sslCert"),
    ])
    func aFileThatIsNotThereIsFoundWithoutAServer(cdc: String, kafka: String, key: String) {
        let errors = Self.errors(Sample.text(cdc: cdc, kafka: kafka))
        #expect(errors == ["\(key) names a file that cannot be read: no such file or directory"])
    }

    @Test(arguments: ["http://localhost:9092", "SSL://localhost:9092"])
    func aSchemeThatIsNotTheFilesIsAnError(broker: String) {
        let text = Sample.text().replacingOccurrences(of: "brokers: [localhost:9092]", with: "brokers: ['\(broker)']")
        #expect(Self.errors(text).count == 1 && Self.errors(text)[0].hasPrefix("kafka.brokers "))
    }

    @Test(arguments: ["plugin.library.paths: x", "test.mock.num.brokers: 3", "ssl.engine.location: /x.so"])
    func whatLoadsCodeOrFeignsAClusterIsRefused(property: String) {
        #expect(Self.errors(Sample.text(kafka: "properties: {\(property)}")).first?.contains("cannot set") == true)
    }

    @Test(
        "SASL in kafka.properties is never left out of the protocol",
        arguments: [
            (
                "secureConnection: true\nproperties: {sasl.mechanisms: PLAIN, sasl.username: u, sasl.password: p}",
                "sasl_ssl"
            ),
            ("properties: {sasl.mechanism: PLAIN, sasl.username: u, sasl.password: p}", "sasl_plaintext"),
            ("properties: {sasl.mechanism: PLAIN, security.protocol: sasl_ssl}", "sasl_ssl"),
        ])
    func saslInPropertiesChoosesTheProtocol(kafka: String, name: String) throws {
        let settings = try #require(Sample.load(Sample.text(kafka: kafka)).settings)
        let values = settings.kafka.properties.filter { $0.name == "security.protocol" }.map(\.value)
        #expect(values == [.plain(name)])
    }
}
