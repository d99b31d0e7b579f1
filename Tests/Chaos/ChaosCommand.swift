import ArgumentParser
import Glibc

/// Runs the daemon through faults, and proves from what was written and read that it kept its promise.
@main
struct ChaosCommand: ParsableCommand {
    /// What stands for the cluster.
    enum Kafka: String, CaseIterable, ExpressibleByArgument, Sendable {
        case mock
        case broker
    }

    static let configuration = CommandConfiguration(
        commandName: "pqcdc-chaos",
        abstract: "Injects faults around the daemon and checks that nothing is lost, doubled, halved or out of order.",
        discussion: "Exit status 0: the promise was kept. 1: it was not, or the run could not be made.")

    @Option(help: "How long faults go on, as in 15s, 10m, 1h.")
    var duration = DurationArgument(argument: "1m")!
    @Option(help: "What makes the same faults and transactions come again, though not at the same moments.")
    var seed = UInt64.random(in: 1...999_999)
    @Option(help: "The daemon's kafka.delivery.")
    var delivery = Delivery.atLeastOnce
    @Option(help: "Snapshots to take meanwhile, of tables that are filled: never, initial, on-demand or both.")
    var snapshot = SnapshotMode.never
    @Option(help: "librdkafka's mock cluster, or a private Apache Kafka from KAFKA_HOME.")
    var kafka: Kafka?

    func validate() throws {
        if delivery == .exactlyOnce, kafka == .mock {
            throw ValidationError("the mock cluster keeps no promise of transactions; take --kafka broker")
        }
    }

    func run() throws {
        let kafka = kafka ?? (delivery == .exactlyOnce ? .broker : .mock)
        print(
            "seed \(seed), delivery \(delivery.rawValue), snapshot \(snapshot.rawValue), Kafka \(kafka.rawValue), "
                + "for \(duration.duration.components.seconds) s")
        // Into a pipe, too, each line as it comes.
        fflush(nil)
        let report = try ChaosRun(
            delivery, snapshots: snapshot, on: kafka, seed: seed, for: duration.duration
        ).run()
        print(report.text)
        if !report.isKept { throw ExitCode(1) }
    }
}
