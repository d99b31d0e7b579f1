import TestSupport
import Testing

/// `make chaos` in short: faults at random from a fixed seed, and the checker's verdict.
@Suite(.serialized) struct ChaosTests {
    private func expectKept(_ arguments: [String]) throws {
        let run = try ChildProcess.run(
            try BuiltProducts.path(of: "pqcdc-chaos"), ["--seed", "1"] + arguments, within: .seconds(300))
        #expect(run.status == .exited(0), "\(run.output)\n\(run.errors)")
    }

    @Test func atLeastOnceLosesNothing() throws {
        try expectKept(["--duration", "15s", "--delivery", "at-least-once", "--kafka", "mock"])
    }

    @Test(.enabled(if: KafkaKind.broker.isAvailable)) func exactlyOnceLosesAndRepeatsNothing() throws {
        try expectKept(["--duration", "20s", "--delivery", "exactly-once", "--kafka", "broker"])
    }

    @Test("Snapshots, initial and requested, of tables that change meanwhile: folded by key, the topics are the tables")
    func snapshotsAtLeastOnceAreExact() throws {
        try expectKept(["--duration", "12s", "--delivery", "at-least-once", "--kafka", "mock", "--snapshot", "both"])
    }

    @Test(
        "The same, and nothing is repeated but what a fault leaves of a requested chunk",
        .enabled(if: KafkaKind.broker.isAvailable))
    func snapshotsExactlyOnceAreExact() throws {
        try expectKept(["--duration", "15s", "--delivery", "exactly-once", "--kafka", "broker", "--snapshot", "both"])
    }
}
