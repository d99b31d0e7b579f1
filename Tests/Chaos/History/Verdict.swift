/// What the checker found.
struct Verdict: Sendable {
    var violations: [Violation] = []
    /// Changes of committed transactions.
    var changes = 0
    /// Those that no record has to tell of, since a snapshot's rows have them.
    var skipped = 0
    /// Records of rows that snapshots have read.
    var rows = 0
    /// LSNs as of which an initial snapshot has read: one for each time that it began, or went on.
    var points = 0
    /// Committed changes that no record tells of.
    var losses = 0
    /// Records beyond each change's first.
    var repeats = 0

    func count(_ kind: Violation.Kind) -> Int { violations.count { $0.kind == kind } }

    mutating func add(_ kind: Violation.Kind, _ text: String) {
        violations.append(Violation(kind: kind, text: text))
    }
}
