import TestSupport
import Testing

/// The state topic in `setup` and `validate --online`, on a broker that has an admin API.
@Suite(.enabled(if: KafkaKind.broker.isAvailable, "needs a Kafka distribution at KAFKA_HOME"))
struct StateTopicSetupTests {
    private func scene(publishing: String? = "FOR ALL TABLES") throws -> Scene {
        try Scene(publishing: publishing, on: try KafkaKind.broker.shared())
    }

    private func file(_ scene: Scene, _ topic: String, _ kafka: String...) -> String {
        scene.configuration(kafka: ["stateTopic: \(topic)"] + kafka)
    }

    @Test func itIsMadeCompactedOnceAndStaysWhenTheSlotIsDropped() throws {
        let scene = try scene()
        let topic = UniqueName.next("state")
        let file = file(scene, topic, "delivery: exactly-once")
        let create = "--create --topic \(topic) --partitions 1 --config cleanup.policy=compact"

        let dry = try scene.command(["setup", "--dry-run"], file)
        #expect(dry.status == .exited(0) && dry.output.contains(create), "\(dry)")
        let missing = try scene.command(["validate", "--online"], file)
        #expect(missing.status == .exited(0) && missing.errors.contains(create), "\(missing)")

        let first = try scene.command(["setup"], file)
        #expect(first.status == .exited(0) && first.output.contains(create), "\(first)")
        let second = try scene.command(["setup"], file)
        #expect(second.status == .exited(0) && second.output.contains("nothing to change"), "\(second)")
        let online = try scene.command(["validate", "--online"], file)
        #expect(online.status == .exited(0) && !online.errors.contains(topic), "\(online)")

        let dropped = try scene.command(["setup", "--drop", "--yes"], file, environment: scene.asSuperuser)
        #expect(dropped.status == .exited(0) && dropped.errors.contains("topic \"\(topic)\" is left"), "\(dropped)")
        #expect(try scene.command(["validate", "--online"], file).errors.contains(create) == false)
    }

    @Test func itStaysWhenPostgreSQLRefusesTheRest() throws {
        let scene = try scene(publishing: nil)
        let topic = UniqueName.next("state")
        // The role may not create a publication.
        let failed = try scene.command(["setup"], file(scene, topic))
        #expect(failed.status == .exited(77), "\(failed)")
        #expect(failed.errors.contains("topic \"\(topic)\" was created in Kafka and is left there"), "\(failed)")
    }

    @Test func oneThatForgetsIsAnErrorWithExactlyOnce() throws {
        let scene = try scene()
        let topic = UniqueName.next("state")
        try scene.cluster.createTopic(topic, partitions: 1, config: ["cleanup.policy": "delete"])
        let alter = "--alter --topic \(topic) --add-config cleanup.policy=compact"
        let warned = try scene.command(["validate", "--online"], file(scene, topic))
        #expect(warned.status == .exited(0) && warned.errors.contains(alter), "\(warned)")
        let refused = try scene.command(["validate", "--online"], file(scene, topic, "delivery: exactly-once"))
        #expect(refused.status == .exited(78) && refused.errors.contains(alter), "\(refused)")
    }

    @Test func aTransactionLongerThanTheBrokersAllowIsAnError() throws {
        let broker = try KafkaBroker(settings: ["transaction.max.timeout.ms": "20000"])
        try broker.start()
        let scene = try Scene(on: broker)
        let exactlyOnce = "delivery: exactly-once"
        let refused = try scene.command(["validate", "--online"], file(scene, "state", exactlyOnce))
        #expect(refused.status == .exited(78) && refused.errors.contains("transactionTimeout: 20000ms"), "\(refused)")
        let fits = file(scene, "state", exactlyOnce, "exactlyOnce: {transactionTimeout: 20s}")
        #expect(try scene.command(["validate", "--online"], fits).status == .exited(0))
    }
}
