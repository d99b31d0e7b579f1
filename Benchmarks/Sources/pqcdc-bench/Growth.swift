import ArgumentParser
import Figures
import Glibc
import TestSupport

struct Growth: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How rate and cost change with columns, row size, transaction size, tables and partitions.",
        discussion: "Prints a markdown table and writes two plots for each quantity.")

    @OptionGroup var rigOptions: RigOptions
    @Option(parsing: .singleValue, help: "columns, row-size, transaction-size, tables or partitions; may be repeated.")
    var quantity: [String] = []
    @Option(help: "Runs of each contender at each point.") var rounds = 3
    @Option(parsing: .singleValue, help: "Only this value of the quantity, without a plot; may be repeated.")
    var at: [Int] = []
    @Option(help: "Where the plots go.") var plots = "docs/plots"

    func run() throws {
        if let unknown = quantity.first(where: { name in !GrowthFamily.all.contains { $0.name == name } }) {
            throw ValidationError("there is no quantity \"\(unknown)\"")
        }
        let families = GrowthFamily.all.filter { quantity.isEmpty || quantity.contains($0.name) }
        let rig = try rigOptions.rig()
        print("\(try Machine.description(rig)). \(rounds) rounds, in turn; medians.\n")
        mkdir(plots, 0o755)
        for family in families { try measure(family, in: rig) }
    }

    private func measure(_ family: GrowthFamily, in rig: Rig) throws {
        let contenders: [Contender] = [.pgRecvlogical, .daemon]
        var rates = contenders.map { _ in [(x: Double, y: Double)]() }
        var costs = rates
        print("#### \(family.title)\n")
        print("| \(family.xLabel) | pg_recvlogical, rows/s | pqcdc-kafka, rows/s | its CPU, µs/row | peak memory, MB |")
        print("|---:|---:|---:|---:|---:|")
        for point in family.points where at.isEmpty || at.contains(point.x) {
            let load = try LoadedWorkload(point.workload, changes: nil, partitions: point.partitions, in: rig)
            var runs = contenders.map { _ in [Run]() }
            for _ in 0..<rounds {
                for (index, contender) in contenders.enumerated() {
                    let run = try Run.measure(contender, load, .tcp, in: rig)
                    progress(
                        "\(load.workload.name): \(contender.name): \(run.seconds.fixed(2)) s, \((run.rate / 1000).fixed(1)) k/s"
                    )
                    runs[index].append(run)
                }
            }
            try load.drop()
            for index in contenders.indices {
                rates[index].append((Double(point.x), runs[index].map(\.rate).median))
                costs[index].append((Double(point.x), runs[index].map(\.ownPerMillion).median))
            }
            print(
                """
                | \(point.x.grouped) | \(Int(runs[0].map(\.rate).median).grouped) \
                | \(Int(runs[1].map(\.rate).median).grouped) | \(runs[1].map(\.ownPerMillion).median.fixed(2)) \
                | \(runs[1].map(\.peakMegabytes).median.fixed(1)) |
                """)
            fflush(nil)
        }
        print("")
        guard at.isEmpty else { return }
        try draw(family, "rate", "rows/s", rates)
        try draw(family, "cpu", "own CPU, µs per row", costs)
    }

    private func draw(
        _ family: GrowthFamily, _ what: String, _ label: String, _ lines: [[(x: Double, y: Double)]]
    ) throws {
        let chart = Chart(
            title: family.title, xLabel: family.xLabel, yLabel: label,
            series: [
                .init(name: "pqcdc-kafka into Kafka", color: "#1f77b4", points: lines[1]),
                .init(name: "pg_recvlogical into /dev/null", color: "#999999", points: lines[0]),
            ])
        try TextFile.write(chart.svg, to: "\(plots)/\(family.name)-\(what).svg")
    }
}
