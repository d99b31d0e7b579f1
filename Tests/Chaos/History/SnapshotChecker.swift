/// Judges the rows of snapshots in a history, among the stream's changes of the same rows. Pure.
///
/// What has to hold, whatever interrupts a snapshot:
/// - A row is what the table had at the LSN that its headers name: neither older nor newer, nor gone, nor never committed.
///   For an initial snapshot that is its consistent point, for a requested one the chunk's second watermark.
/// - Behind a change of the stream, a row is what the consumer has by then. So versions never go back in a topic by way of
///   a row, although a later change would hide it. The rows of an initial snapshot all stand before such changes.
/// - One exported snapshot brings a row at most once. In exactly-once no version of a row comes again, however often an
///   initial snapshot is interrupted; but a row that was moved to other pages meanwhile comes in its next version.
/// - In the end, the topic folded by key is the table.
///
/// What an interruption allows: changes between the first and the last point of an initial snapshot are streamed behind
/// rows that have them already, so from a row to the first change of the stream versions may go back.
struct SnapshotChecker {
    private struct Version {
        let place: Observation.Place
        /// nil: from here on there is no such row.
        let row: Tables.Row?
    }

    private struct Reading: Hashable {
        let key: Int64
        /// An LSN, or a version.
        let number: UInt64
    }

    private let history: History
    /// What each row has been, in the order of the commits.
    private var versions: [Int64: [Version]] = [:]
    private var fold = RowFold()
    private var violations: [Violation] = []

    /// - Parameter commits: where the commit of each transaction stands in the WAL.
    static func check(_ history: History, commits: [Int64: UInt64]) -> [Violation] {
        var checker = SnapshotChecker(history, commits)
        checker.checkRows()
        checker.checkRepeats()
        checker.checkFold()
        return checker.violations
    }

    private init(_ history: History, _ commits: [Int64: UInt64]) {
        self.history = history
        for number in history.committed {
            // Whose commit is not known has been told of as lost.
            guard let commit = commits[number] else { continue }
            for (index, change) in (history.attempted[number] ?? []).enumerated() where change.isOfRow {
                let row =
                    change.kind == .row
                    ? Tables.Row(version: change.counter, transaction: number, large: change.value) : nil
                versions[change.key, default: []].append(
                    Version(place: .init(commitLSN: commit, ordinal: index + 1), row: row))
            }
        }
        for key in versions.keys { versions[key]!.sort { $0.place < $1.place } }
    }

    /// The row as PostgreSQL had it once everything below `lsn` was committed.
    private func row(_ key: Int64, before lsn: UInt64) -> Tables.Row? {
        guard let version = versions[key]?.last(where: { $0.place.commitLSN < lsn }) else {
            return history.before.rows[key]
        }
        return version.row
    }

    private mutating func checkRows() {
        for record in history.observed where record.change.isOfRow {
            if record.origin == .snapshot { check(record) }
            fold.take(record)
        }
    }

    private mutating func check(_ record: Observation) {
        let read = Tables.Row(
            version: record.change.counter, transaction: record.transaction ?? 0, large: record.change.value)
        let key = record.change.key
        if row(key, before: record.commitLSN) != read { add(.misread, "\(record)") }
        guard fold.streamed.contains(key) else { return }
        if history.snapshots == .initial { return add(.late, "\(record)") }
        // A large value that was read for an UPDATE may be newer than the row.
        let known = fold.rows[key]
        if known?.version != read.version || known?.transaction != read.transaction { add(.late, "\(record)") }
    }

    private mutating func checkRepeats() {
        var points: Set<Reading> = []
        var read: [Reading: Int] = [:]
        for record in history.observed where record.origin == .snapshot {
            let key = record.change.key
            if !points.insert(Reading(key: key, number: record.commitLSN)).inserted {
                add(.repeated, "\(record)")
            }
            guard history.delivery == .exactlyOnce, let table = record.change.table else { continue }
            let count = read[Reading(key: key, number: UInt64(record.change.counter)), default: 0] + 1
            read[Reading(key: key, number: UInt64(record.change.counter))] = count
            if count == readings(of: table) + 1 { add(.repeated, "\(record), \(count) times") }
        }
    }

    /// How often one version of a row may come in exactly-once: once for the initial snapshot, and for each request.
    private func readings(of table: RowTable) -> Int {
        (history.snapshots.isInitial ? 1 : 0) + (history.requests[table] ?? 0)
    }

    private mutating func checkFold() {
        for table in RowTable.allCases {
            var (missing, stale, large): ([Int64], [Int64], [Int64]) = ([], [], [])
            for (key, row) in history.after.rows where RowTable.split(key)?.table == table {
                guard let folded = fold.rows[key] else {
                    missing.append(key)
                    continue
                }
                if folded.version != row.version || folded.transaction != row.transaction {
                    stale.append(key)
                } else if folded.large != row.large {
                    large.append(key)
                }
            }
            let ghosts = fold.rows.keys.filter { RowTable.split($0)?.table == table && history.after.rows[$0] == nil }
            tell(missing, of: table, "are not in the topic")
            tell(ghosts, of: table, "are in the topic only")
            tell(stale, of: table, "have an old value in the topic")
            tell(large, of: table, "have another large value in the topic, or none")
        }
    }

    private mutating func tell(_ keys: [Int64], of table: RowTable, _ what: String) {
        guard !keys.isEmpty else { return }
        let some = keys.compactMap { RowTable.split($0)?.id }.sorted().prefix(5)
        add(.differs, "\(keys.count) rows of \(table.name) \(what): \(some.map { "\($0)" }.joined(separator: ", "))")
    }

    private mutating func add(_ kind: Violation.Kind, _ text: String) {
        violations.append(Violation(kind: kind, text: text))
    }
}
