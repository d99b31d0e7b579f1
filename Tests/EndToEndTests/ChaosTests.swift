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
}
