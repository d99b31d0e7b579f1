import ArgumentParser
import Glibc

// A child that ends early must not end us with a broken pipe.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pqcdc-bench",
        abstract: "Measure the daemon from PostgreSQL to Kafka, on servers of our own.",
        subcommands: [
            Throughput.self, Snapshot.self, OnDemand.self, Latency.self, Idle.self, Ready.self, Blocked.self, Size.self,
            Growth.self,
        ],
        defaultSubcommand: Throughput.self)
}
