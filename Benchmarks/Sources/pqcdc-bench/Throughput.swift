import ArgumentParser
import Figures
import Glibc
import TestSupport

struct Throughput: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Drain the same slots with pg_recvlogical, the daemon and other contenders in turn.",
        discussion: """
            Prints a markdown table for each workload and route: medians over the rounds, and the medians of the ratios \
            to pg_recvlogical's run of the same round.

            A contender's command line may name \(Contender.placeholders.map { "{\($0)}" }.joined(separator: ", ")). \
            It is done when the slot is confirmed up to {endlsn}, or when it ends by itself.
            """)

    @OptionGroup var rigOptions: RigOptions
    @Option(parsing: .singleValue, help: "narrow, one-transaction, single-rows, updates-full or wide; may be repeated.")
    var workload: [String] = []
    @Option(help: "Runs of each contender.") var rounds = 5
    @Option(help: "Changes of each workload, instead of its own number.") var rows: Int?
    @Option(help: "tcp, unix or both.") var socket = RouteChoice.both
    @Option(parsing: .singleValue, help: "NAME=COMMAND LINE of another contender; may be repeated.")
    var contender: [String] = []
    @Flag(help: "Let the daemon run in exactly-once mode too; needs a real broker.") var exactlyOnce = false

    func run() throws {
        let workloads = try Workload.all.selected(workload)
        let others = try contender.map { text in
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw ValidationError("--contender needs NAME=COMMAND LINE")
            }
            return Contender.command(name: String(text[..<equals]), line: String(text[text.index(after: equals)...]))
        }
        let rig = try rigOptions.rig()
        print("\(try Machine.description(rig)). \(rounds) rounds, in turn; medians.\n")
        for workload in workloads {
            let load = try LoadedWorkload(workload, changes: rows, in: rig)
            for route in socket.routes {
                let table = try measure(
                    [.pgRecvlogical, .daemon] + (exactlyOnce ? [.exactlyOnce] : []) + others, load, route, in: rig)
                print(table)
                fflush(nil)
            }
            try load.drop()
        }
    }

    private func measure(
        _ contenders: [Contender], _ load: LoadedWorkload, _ route: Route, in rig: Rig
    ) throws -> String {
        var runs = contenders.map { _ in [Run]() }
        for round in 1...rounds {
            for (index, contender) in contenders.enumerated() {
                let run = try Run.measure(contender, load, route, in: rig)
                progress(
                    """
                    \(load.workload.name), \(route.title), round \(round): \(contender.name): \
                    \((run.rate / 1000).fixed(1)) k/s, own \(run.ownPerMillion.fixed(2)) s/M, \
                    walsender \(run.walsenderPerMillion.fixed(2)) s/M, \(run.peakMegabytes.fixed(1)) MB
                    """)
                runs[index].append(run)
            }
        }
        return Comparison(load: load, route: route, contenders: contenders, runs: runs).markdown
    }
}

extension [Workload] {
    /// Those with the names; all without names.
    func selected(_ names: [String]) throws -> [Workload] {
        if let unknown = names.first(where: { name in !contains { $0.name == name } }) {
            throw ValidationError("no workload \"\(unknown)\"; there are \(map(\.name).joined(separator: ", "))")
        }
        return names.isEmpty ? self : filter { names.contains($0.name) }
    }
}
