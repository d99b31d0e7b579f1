/// What a run has come to, for people.
struct ChaosReport {
    let verdict: Verdict
    let faults: [Fault: Int]
    let committed: Int
    let attempted: Int
    let records: Int
    let requests: Int
    let cuts: Int
    let takeovers: [Duration]

    var isKept: Bool { verdict.violations.isEmpty }

    var text: String {
        var lines = ["faults: \(faults.values.reduce(0, +))"]
        lines += Fault.allCases.compactMap { fault in faults[fault].map { "  \($0) × \(fault.rawValue)" } }
        lines.append("transactions: \(committed) committed, \(attempted - committed) not; \(verdict.changes) changes")
        if verdict.rows > 0 {
            lines.append(
                "snapshots: \(verdict.rows) rows\(verdict.points > 0 ? " as of \(verdict.points) LSNs" : "")"
                    + "\(requests > 0 ? ", \(requests) requests" : ""); "
                    + "\(verdict.skipped) changes were in the rows already")
        }
        lines.append(
            "records: \(records); losses: \(verdict.losses); duplicates: \(verdict.repeats); "
                + "looked at \(cuts) times with no daemon alive")
        let sorted = takeovers.sorted()
        if let longest = sorted.last {
            lines.append(
                "takeovers: \(sorted.count), median \(Self.seconds(sorted[sorted.count / 2])), "
                    + "longest \(Self.seconds(longest))")
        }
        for kind in Violation.Kind.allCases where verdict.count(kind) > 0 {
            lines.append("VIOLATED, \(kind.rawValue): \(verdict.count(kind)) times; the first of them:")
            lines += verdict.violations.filter { $0.kind == kind }.prefix(5).map { "  \($0.text)" }
        }
        lines.append(isKept ? "the promise was kept" : "the promise was NOT kept")
        return lines.joined(separator: "\n")
    }

    private static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let hundredths = attoseconds / 10_000_000_000_000_000
        return "\(seconds).\(hundredths < 10 ? "0" : "")\(hundredths) s"
    }
}
