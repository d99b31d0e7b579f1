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
        let plain: String

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
            plain = "127.0.0.1:\(ports.plain)"
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
                    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
                    "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config":
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;",
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

    @Test("A mistake in TLS is named with its broker, by run and by validate --online, and tried again")
    func mistakesInTLSAreNamed() throws {
        let secure = try SecureBroker()
        let scene = try Scene(on: secure.broker)
        let otherAuthority = "\(try Workspace.shared.makeFolder("other-ca"))/ca.pem"
        let made = try ChildProcess.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=other", "-keyout",
                "\(otherAuthority).key", "-out", otherAuthority,
            ], environment: [:])
        try #require(made.status.isSuccess, "\(made.errors)")
        for (brokers, kafka, words) in [
            (secure.plain, ["secureConnection: true", "rootCA: \(secure.certificate)"], "does not speak TLS"),
            (
                secure.tls, ["secureConnection: true", "rootCA: \(otherAuthority)"],
                "not of the authority in kafka.rootCA"
            ),
            (secure.tls, [], "may want TLS"),
        ] {
            let file = scene.configuration(kafka: kafka, brokers: brokers)
            let online = try scene.command(["validate", "--online"], file)
            #expect(online.status == .exited(69) && online.errors.contains(words), "\(online.errors)")
            let daemon = try scene.start(file)
            try daemon.waitForLog(containing: words, within: .seconds(60))
            #expect(daemon.isRunning && daemon.log.text.contains(brokers), "\(daemon.log.text)")
            try daemon.kill9()
        }
    }

    @Test("SCRAM: right credentials log in, or the advice names the librdkafka that Kafka 4 refuses")
    func scramLogsInOrTheOldLibraryIsNamed() throws {
        let secure = try SecureBroker()
        let scene = try Scene(on: secure.broker)
        let added = try ChildProcess.run(
            "\(KafkaDistribution.home)/bin/kafka-configs.sh",
            [
                "--bootstrap-server", secure.plain, "--alter", "--add-config", "SCRAM-SHA-512=[password=right-word]",
                "--entity-type", "users", "--entity-name", "cdc",
            ], environment: KafkaDistribution.environment(folder: try Workspace.shared.makeFolder("kafka-configs")))
        try #require(added.status.isSuccess, "\(added.errors)")
        let file = scene.configuration(
            kafka: ["scramUsername: cdc", "scramPassword: right-word"], brokers: secure.sasl)
        // A folder with another librdkafka.so.1 than the system's, such as a newer one.
        let folder = getenv("PQCDC_TEST_LIBRDKAFKA").map { String(cString: $0) }
        if folder == nil {
            LeftOut.say("SCRAM with another librdkafka: PQCDC_TEST_LIBRDKAFKA names no folder that holds one")
        }
        for folder in [nil, folder] {
            var environment = scene.environment
            environment["LD_LIBRARY_PATH"] = folder
            let online = try scene.command(["validate", "--online"], file, environment: environment)
            if online.status == .exited(77) {
                #expect(folder == nil && online.errors.contains("librdkafka before 2.6.1"), "\(online.errors)")
            } else {
                #expect(online.status == .exited(0), "\(online.errors)")
            }
        }
    }

    @Test func aBrokerUnderAnAddressThatDoesNotResolveIsNamedByValidate() throws {
        let ports = try (plain: FreePort.next(), controller: FreePort.next())
        let broker = try KafkaBroker(
            port: ports.plain,
            settings: [
                "listeners": "PLAINTEXT://127.0.0.1:\(ports.plain),CONTROLLER://127.0.0.1:\(ports.controller)",
                "controller.quorum.voters": "1@127.0.0.1:\(ports.controller)",
                "advertised.listeners": "PLAINTEXT://kafka.invalid:\(ports.plain)",
            ])
        try broker.start()
        let scene = try Scene(on: broker, partitions: 0)
        let online = try scene.command(["validate", "--online"])
        #expect(online.status == .exited(69) && online.errors.contains("kafka.invalid"), "\(online.errors)")
    }
}
