import Glibc
import TestSupport
import Testing

/// TLS and SASL, which only a real broker speaks.
@Suite(.enabled(if: KafkaKind.broker.isAvailable, "needs a Kafka distribution at KAFKA_HOME"))
struct KafkaSecurityTests {
    /// A broker with a listener for its own tests' clients, and one each for SASL and TLS.
    private struct SecureBroker {
        let broker: KafkaBroker
        let sasl: String
        let tls: String
        let certificate: String

        init() throws {
            let folder = try Workspace.shared.makeFolder("tls")
            certificate = "\(folder)/broker.pem"
            let made = try ChildProcess.run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "\(folder)/key.pem", "-out",
                    certificate,
                ], environment: [:])
            try #require(made.status.isSuccess, "\(made.errors)")
            // The broker takes key and certificates in one PEM file.
            let store = try TextFile.read("\(folder)/key.pem") + TextFile.read(certificate)
            try TextFile.write(store, to: "\(folder)/store.pem")
            let ports = try (plain: FreePort.next(), sasl: FreePort.next(), tls: FreePort.next(), c: FreePort.next())
            sasl = "127.0.0.1:\(ports.sasl)"
            tls = "127.0.0.1:\(ports.tls)"
            let listeners =
                "PLAINTEXT://127.0.0.1:\(ports.plain),SASL_PLAINTEXT://127.0.0.1:\(ports.sasl),SSL://127.0.0.1:\(ports.tls)"
            broker = try KafkaBroker(
                port: ports.plain,
                settings: [
                    "listeners": "\(listeners),CONTROLLER://127.0.0.1:\(ports.c)",
                    "controller.quorum.voters": "1@127.0.0.1:\(ports.c)",
                    "advertised.listeners": listeners,
                    "sasl.enabled.mechanisms": "PLAIN",
                    "listener.name.sasl_plaintext.plain.sasl.jaas.config":
                        "org.apache.kafka.common.security.plain.PlainLoginModule required user_cdc=\"right-word\";",
                    "ssl.keystore.type": "PEM",
                    "ssl.keystore.location": "\(folder)/store.pem",
                ])
            try broker.start()
        }
    }

    private static let sasl = [
        "properties: {security.protocol: sasl_plaintext, sasl.mechanism: PLAIN, sasl.username: cdc, sasl.password: WORD}"
    ]

    private static func saslProperties(_ password: String) -> [String] {
        sasl.map { $0.split(separator: "WORD", omittingEmptySubsequences: false).joined(separator: password) }
    }

    @Test func recordsArriveThroughSASLAndThroughTLSAndAWrongPasswordEndsWithAdvice() throws {
        let secure = try SecureBroker()
        let scene = try Scene(on: secure.broker)
        let consumer = try scene.consumer()

        let overSASL = try scene.run(
            scene.configuration(kafka: Self.saslProperties("right-word"), brokers: secure.sasl))
        try scene.sql.execute("INSERT INTO users VALUES (1, 'over SASL')")
        #expect(try consumer.records(count: 1).map(\.text) == [#"1 → {"id":1,"name":"over SASL"}"#])
        expectCleanStop(overSASL)

        let overTLS = try scene.run(
            scene.configuration(
                kafka: ["secureConnection: true", "rootCA: \(secure.certificate)"], brokers: secure.tls))
        try scene.sql.execute("INSERT INTO users VALUES (2, 'over TLS')")
        #expect(try consumer.records(count: 1).map(\.text).last == #"2 → {"id":2,"name":"over TLS"}"#)
        expectCleanStop(overTLS)

        let refused = try scene.start(
            scene.configuration(kafka: Self.saslProperties("wrong-word"), brokers: secure.sasl))
        #expect(try refused.waitForExit(within: .seconds(60)) == .exited(77))
        #expect(refused.log.text.contains("advice"))
        #expect(!refused.log.text.contains("wrong-word"))
    }
}
