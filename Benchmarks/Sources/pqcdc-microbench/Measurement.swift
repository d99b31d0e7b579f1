import CAllocationCounter
import Figures
import TestSupport

/// Measures one benchmark.
struct Measurement {
    let entry: Entry
    let benchmark: any MicroBenchmark

    init(_ entry: Entry) throws {
        self.entry = entry
        benchmark = try entry.make()
        // Everything that grows has its size after this.
        try benchmark.run(20_000)
    }

    /// Nanoseconds per operation: the least and the median of 15 samples of about 20 ms.
    func time() throws -> (least: Double, median: Double) {
        var count = 1000
        while true {
            let elapsed = try Self.nanoseconds { try benchmark.run(count) }
            if elapsed > 20e6 { break }
            count *= 2
        }
        var samples: [Double] = []
        for _ in 0..<15 {
            samples.append(try Self.nanoseconds { try benchmark.run(count) } / Double(count))
        }
        samples.sort()
        return (samples[0], samples[samples.count / 2])
    }

    /// Heap allocations per operation, of all threads: what a long run has more than a short one.
    func allocations() throws -> Double {
        let (short, long) = (10_000, 110_000)
        let few = try Self.allocations { try benchmark.run(short) }
        let many = try Self.allocations { try benchmark.run(long) }
        return (many - few) / Double(long - short)
    }

    /// Instructions per operation, counted by callgrind: what a long run of this program has more than a short one.
    static func instructions(of entry: Entry) throws -> Double {
        let (short, long) = (2_000, 22_000)
        let few = try instructions(of: entry, count: short)
        let many = try instructions(of: entry, count: long)
        return Double(many - few) / Double(long - short)
    }

    private static func instructions(of entry: Entry, count: Int) throws -> Int {
        let result = try ChildProcess.run(
            "valgrind",
            ["--tool=callgrind", "--callgrind-out-file=/dev/null", try stripped.get(), "once", entry.name, "\(count)"],
            // Nothing of the caller's environment may add to the count.
            environment: ["PATH": "/usr/bin:/bin"], within: .seconds(120))
        let marker = "Collected : "
        guard result.status.isSuccess,
            let line = result.errors.split(separator: "\n").first(where: { $0.contains(marker) }),
            let count = line.split(separator: " ").last.flatMap({ Int($0) })
        else { throw Failure("valgrind counted nothing for \(entry.name):\n\(result.errors)") }
        return count
    }

    private static func nanoseconds(_ body: () throws -> Void) rethrows -> Double {
        let elapsed = try ContinuousClock().measure(body)
        return elapsed / .nanoseconds(1)
    }

    private static func allocations(_ body: () throws -> Void) rethrows -> Double {
        let before = callocationcounter_count()
        try body()
        return Double(callocationcounter_count() - before)
    }

    /// This program without its debug information, which valgrind 3.19 takes for damaged.
    private static let stripped = Result {
        let path = "\(Workspace.shared.path)/microbench"
        let result = try ChildProcess.run("strip", ["-o", path, CommandLine.executablePath])
        guard result.status.isSuccess else { throw Failure("strip: \(result.errors)") }
        return path
    }
}
