import CLibrdkafka
import TestSupport
import Testing

/// A right that the daemon's principal loses while it streams.
@Suite(.enabled(if: KafkaKind.broker.isAvailable)) struct AuthorizationTests {
    private static let limit = Duration.seconds(60)

    /// A broker that checks access: everybody may everything, unless it is denied.
    private static func broker() throws -> (KafkaBroker, sasl: String) {
        let ports = try (plain: FreePort.next(), sasl: FreePort.next(), controller: FreePort.next())
        let listeners = "PLAINTEXT://127.0.0.1:\(ports.plain),SASL_PLAINTEXT://127.0.0.1:\(ports.sasl)"
        let broker = try KafkaBroker(
            port: ports.plain,
            settings: [
                "listeners": "\(listeners),CONTROLLER://127.0.0.1:\(ports.controller)",
                "controller.quorum.voters": "1@127.0.0.1:\(ports.controller)",
                "advertised.listeners": listeners,
                "sasl.enabled.mechanisms": "PLAIN",
                "listener.name.sasl_plaintext.plain.sasl.jaas.config":
                    "org.apache.kafka.common.security.plain.PlainLoginModule required user_cdc=\"right-word\";",
                "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found": "true",
                "super.users": "User:ANONYMOUS",
            ])
        try broker.start()
        return (broker, "127.0.0.1:\(ports.sasl)")
    }

    @Test("A right that is taken away ends the daemon with nothing lost; given back, the next start goes on")
    func aRightThatIsTakenAwayAndGivenBack() throws {
        let (broker, sasl) = try Self.broker()
        let admin = try TopicAdmin(broker.bootstrapServers)
        for delivery in ["at-least-once", "exactly-once"] {
            let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: broker)
            let topic = scene.topic("rows")
            let file = scene.configuration(
                kafka: [
                    "delivery: \(delivery)", "stateTopic: \(UniqueName.next("state"))",
                    "properties: {security.protocol: sasl_plaintext, sasl.mechanism: PLAIN, sasl.username: cdc, "
                        + "sasl.password: right-word}",
                ], brokers: sasl)
            let consumer = try scene.consumer()
            let daemon = try scene.run(file)
            try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 100))
            _ = try consumer.records(count: 100, within: Self.limit)
            try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
            try admin.deny("User:cdc", RD_KAFKA_ACL_OPERATION_WRITE, on: topic)
            try scene.sql.execute(NumberedRows.insert(after: 100, upTo: 200, inTransactionsOf: 10))
            let lsn = try scene.currentLSN()
            #expect(try daemon.waitForExit(within: Self.limit) == .exited(77), "\(daemon.log.text)")
            #expect(daemon.log.text.contains("TOPIC_AUTHORIZATION_FAILED"), "\(daemon.log.text)")
            #expect(try !scene.hasConfirmed(lsn))
            try admin.undeny("User:cdc", RD_KAFKA_ACL_OPERATION_WRITE, on: topic)
            let second = try scene.run(file)
            try scene.waitUntilConfirmed(lsn, within: Self.limit)
            expectCleanStop(second, within: Self.limit)
            _ = try consumer.recordsToEnd(within: Self.limit)
            NumberedRows.expectExactly(consumer.all, count: 200)
        }
    }

    @Test(
        "A topic that the client may not see is a privilege by name, not a missing topic",
        arguments: ["allowAutoTopicCreation: true", "allowAutoTopicCreation: false"])
    func aTopicThatTheClientMayNotSee(creation: String) throws {
        let (broker, sasl) = try Self.broker()
        let scene = try Scene(
            "\(NumberedRows.schema); ALTER TABLE rows REPLICA IDENTITY FULL", rules: NumberedRows.rules, on: broker)
        let topic = scene.topic("rows")
        try TopicAdmin(broker.bootstrapServers).deny("User:cdc", RD_KAFKA_ACL_OPERATION_DESCRIBE, on: topic)
        try TopicAdmin(broker.bootstrapServers).deny("User:cdc", RD_KAFKA_ACL_OPERATION_WRITE, on: topic)
        let file = scene.configuration(
            kafka: [
                creation, "stateTopic: \(UniqueName.next("state"))",
                "properties: {sasl.mechanism: PLAIN, sasl.username: cdc, sasl.password: right-word}",
            ], brokers: sasl)
        let online = try scene.command(["validate", "--online"], file)
        #expect(online.status == .exited(77), "\(online.errors)")
        #expect(
            online.errors.contains("\"\(topic)\"") && online.errors.contains("--operation Describe --topic \(topic)"),
            "\(online.errors)")
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 1))
        let (status, log) = try scene.runToEnd(file)
        #expect(status == .exited(77) && log.contains("topic \\\"\(topic)\\\""), "\(log)")
    }
}
