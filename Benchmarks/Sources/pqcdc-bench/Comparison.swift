import Figures

/// The runs of all contenders on one workload, beside each other. The first contender is what the others are held to.
struct Comparison {
    let load: LoadedWorkload
    let route: Route
    let contenders: [Contender]
    /// By contender, then by round.
    let runs: [[Run]]

    var markdown: String {
        var lines = [
            "#### \(load.workload.name), \(route.title)",
            "",
            "\(load.changes.grouped) \(load.workload.title).",
            "",
            "| | rows/s | own CPU, s/M | walsender's CPU, s/M | peak memory, MB |",
            "|---|---:|---:|---:|---:|",
        ]
        for (contender, runs) in zip(contenders, runs) {
            lines.append(
                """
                | \(contender.name) | \(Int(runs.map(\.rate).median.rounded()).grouped) \
                | \(runs.map(\.ownPerMillion).median.fixed(2)) | \(runs.map(\.walsenderPerMillion).median.fixed(2)) \
                | \(runs.map(\.peakMegabytes).median.fixed(1)) |
                """)
        }
        for (contender, runs) in zip(contenders, runs).dropFirst() {
            lines.append(
                """
                | \(contender.name), ratio | \(ratio(runs, \.rate).fixed(2)) | \(ratio(runs, \.ownPerMillion).fixed(2)) \
                | \(ratio(runs, \.walsenderPerMillion).fixed(2)) | \(ratio(runs, \.peakMegabytes).fixed(2)) |
                """)
        }
        lines += ["", verdicts.joined(separator: "; ") + ".", ""]
        return lines.joined(separator: "\n")
    }

    /// The median of the ratios to the first contender's run of the same round: what disturbs one disturbs both.
    private func ratio(_ runs: [Run], _ figure: (Run) -> Double) -> Double {
        zip(runs, self.runs[0]).map { figure($0) / figure($1) }.median
    }

    private var verdicts: [String] {
        guard let index = contenders.firstIndex(where: \.producesRecords) else { return [] }
        let (runs, targets) = (runs[index], load.workload.targets)
        var verdicts: [String] = []
        func judge(_ what: String, _ value: Double, _ sign: String, _ target: Double?, _ unit: String) {
            guard let target else { return }
            let isMet = sign == "≥" ? value >= target : value <= target
            verdicts.append(
                "\(what) \(sign) \(target.fixed(1))\(unit): \(isMet ? "met" : "**not met**") (\(value.fixed(2))\(unit))"
            )
        }
        judge("rows/s", ratio(runs, \.rate), "≥", targets.rate[route], " ×")
        judge("own CPU", runs.map(\.ownPerMillion).median, "≤", route == .tcp ? targets.ownCPU : nil, " s/M")
        judge("walsender's CPU", ratio(runs, \.walsenderPerMillion), "≤", targets.walsender[route], " ×")
        judge("peak memory", runs.map(\.peakMegabytes).max() ?? .nan, "≤", targets.peak, " MB")
        return verdicts
    }
}
