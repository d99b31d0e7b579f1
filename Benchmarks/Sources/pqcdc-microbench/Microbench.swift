import ArgumentParser
import Figures
import Glibc
import TestSupport

@main
struct Microbench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pqcdc-microbench",
        abstract: "What single steps cost: time, instructions, heap allocations.",
        subcommands: [Show.self, Check.self, Update.self, Once.self], defaultSubcommand: Show.self)
}

/// Which benchmarks to run.
struct Selection: ParsableArguments {
    @Argument(help: "Names of benchmarks; all without.")
    var names: [String] = []

    func entries() throws -> [Entry] {
        let known = Entry.all.map(\.name)
        if let unknown = names.first(where: { !known.contains($0) }) {
            throw ValidationError("there is no benchmark \"\(unknown)\"; there are \(known.joined(separator: ", "))")
        }
        return names.isEmpty ? Entry.all : Entry.all.filter { names.contains($0.name) }
    }
}

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Measure, and print a markdown table.")

    @OptionGroup var selection: Selection
    @Flag(help: "Also count instructions, with valgrind.") var instructions = false

    func run() throws {
        print("| benchmark | per | ns, least | ns, median | allocations | instructions |")
        print("|---|---|---:|---:|---:|---:|")
        for entry in try selection.entries() {
            let measurement = try Measurement(entry)
            let time = try measurement.time()
            let allocations = try measurement.allocations()
            let count = instructions && entry.isRepeatable ? try Measurement.instructions(of: entry) : nil
            print(
                """
                | \(entry.name) | \(entry.unit) | \(time.least.fixed(1)) | \(time.median.fixed(1)) \
                | \(allocations.fixed(4)) | \(count?.fixed(0) ?? "") |
                """)
            fflush(nil)
        }
    }
}

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Compare with the thresholds; fail where one is broken.")

    @Option(help: "The file with the thresholds.") var thresholds: String
    /// A compiler's own wobble is smaller, a lost optimization larger.
    private static let tolerance = 1.10

    func run() throws {
        let limits = try Thresholds(text: try TextFile.read(thresholds))
        var broken = 0
        // All of them before the first valgrind: a process that has just ended leaves a thread of ours that still allocates.
        let counts = try Entry.all.map { try Measurement($0).allocations() }
        for (entry, allocations) in zip(Entry.all, counts) {
            guard let limit = limits.entries.first(where: { $0.name == entry.name }) else {
                print("BROKEN \(entry.name): has no threshold; run make bench-thresholds")
                broken += 1
                continue
            }
            var findings = ["\(allocations.fixed(4)) allocations per \(entry.unit), at most \(limit.allocations)"]
            var isBroken = allocations > limit.allocations
            if let most = limit.instructions {
                let instructions = try Measurement.instructions(of: entry)
                findings.append("\(instructions.fixed(0)) instructions, threshold \(most.fixed(0)) + 10 %")
                isBroken = isBroken || instructions > most * Self.tolerance
            }
            print("\(isBroken ? "BROKEN" : "ok    ") \(entry.name): \(findings.joined(separator: "; "))")
            if isBroken { broken += 1 }
            fflush(nil)
        }
        if broken > 0 { throw ExitCode.failure }
    }
}

struct Update: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Write the thresholds anew, from this machine's counts.")

    @Option(help: "The file with the thresholds.") var thresholds: String

    func run() throws {
        var limits = Thresholds()
        for entry in Entry.all {
            let instructions = entry.isRepeatable ? try Measurement.instructions(of: entry) : nil
            limits.entries.append((entry.name, instructions, entry.allocationsAllowed))
        }
        try TextFile.write(limits.text, to: thresholds)
    }
}

struct Once: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Do one benchmark's work, for a profiler to watch.")

    @Argument var name: String
    @Argument var count: Int

    func run() throws {
        guard let entry = Entry.all.first(where: { $0.name == name }) else {
            throw ValidationError("there is no benchmark \"\(name)\"")
        }
        try entry.make().run(count)
    }
}
