/// Judges a history. Pure: a history in, a verdict out.
///
/// A record belongs to the transaction that its headers name by `commitLsn` and `xid`, and is that transaction's change
/// number `txOrdinal`: so each is held against the one change that it has to be. Rows of snapshots are no changes, and are
/// ``SnapshotChecker``'s.
struct HistoryChecker {
    private let history: History
    private var verdict = Verdict()
    /// The writer's number of each transaction in the WAL.
    private var transactions: [UInt64: Int64] = [:]
    /// Where the commit of each transaction stands.
    private var commits: [Int64: UInt64] = [:]
    private var points = SnapshotPoints()
    /// How many changes of each transaction records have to tell of.
    private var wholes: [Int64: Int] = [:]
    /// How many records each committed change has, by transaction.
    private var counts: [Int64: [UInt32]] = [:]
    /// Which records are their change's first and right.
    private var firsts: [Bool]

    static func check(_ history: History) -> Verdict {
        var checker = HistoryChecker(history)
        checker.checkOffsets()
        checker.assign()
        checker.match()
        checker.count()
        checker.checkOrder()
        checker.checkSums()
        if history.delivery == .exactlyOnce { checker.checkCuts() }
        checker.checkTables()
        // With both, each chunk of a requested one has one, too.
        if history.snapshots == .initial { checker.verdict.points = checker.points.count }
        if history.snapshots != .never {
            checker.verdict.violations += SnapshotChecker.check(history, commits: checker.commits)
        }
        return checker.verdict
    }

    private init(_ history: History) {
        self.history = history
        firsts = Array(repeating: false, count: history.observed.count)
        for number in history.committed {
            let changes = history.attempted[number] ?? []
            counts[number] = Array(repeating: 0, count: changes.count)
            verdict.changes += changes.count
            if changes.isEmpty { verdict.add(.extra, "no writer has made transaction \(number)") }
        }
    }

    /// Without transactions every offset holds a record; one that is missing was not lost by the daemon.
    private mutating func checkOffsets() {
        guard history.delivery == .atLeastOnce else { return }
        var next: [Int: Int64] = [:]
        for record in history.observed {
            let expected = next[record.partition] ?? 0
            if record.offset != expected {
                verdict.add(.unread, "partition \(record.partition) from \(expected) to \(record.offset)")
            }
            next[record.partition] = record.offset + 1
        }
    }

    /// Finds out which of the writers' transactions each one in the WAL is.
    private mutating func assign() {
        for record in history.observed {
            points.take(record, history.snapshots)
            if record.origin == .snapshot { verdict.rows += 1 }
            guard record.origin == .stream, let number = record.transaction else { continue }
            let known = transactions.updateValue(number, forKey: record.commitLSN) ?? number
            let commit = commits.updateValue(record.commitLSN, forKey: number) ?? record.commitLSN
            if known != number || commit != record.commitLSN {
                verdict.add(.altered, "transactions \(known) and \(number) are mixed up, \(record)")
            }
        }
    }

    /// Holds each record against the change that it is to tell of.
    private mutating func match() {
        for (index, record) in history.observed.enumerated() where record.origin == .stream {
            guard let number = transactions[record.commitLSN], history.committed.contains(number),
                let changes = history.attempted[number]
            else {
                verdict.add(.extra, "\(record)")
                continue
            }
            guard changes.indices.contains(record.ordinal - 1),
                changes[record.ordinal - 1].isTold(by: record.change)
            else {
                verdict.add(.altered, "\(record)")
                continue
            }
            if history.delivery == .exactlyOnce, points.isSkipped(record.change, commitLSN: record.commitLSN) {
                verdict.add(.repeated, "in the snapshot already: \(record)")
            }
            firsts[index] = counts[number]![record.ordinal - 1] == 0
            counts[number]![record.ordinal - 1] += 1
            guard !firsts[index] else { continue }
            verdict.repeats += 1
            if history.delivery == .exactlyOnce { verdict.add(.repeated, "\(record)") }
        }
    }

    /// Finds what is missing.
    private mutating func count() {
        for (number, counts) in counts.sorted(by: { $0.key < $1.key }) {
            let told = counts.indices.filter { !isSkipped(number, $0) }
            wholes[number] = told.count
            verdict.skipped += counts.count - told.count
            let lost = told.count { counts[$0] == 0 }
            guard lost > 0 else { continue }
            verdict.losses += lost
            verdict.add(.lost, "\(lost) of \(counts.count) changes of transaction \(number)")
            if lost < told.count { verdict.add(.half, "transaction \(number), in the end") }
        }
    }

    /// Whether no record has to tell of a transaction's change.
    private func isSkipped(_ number: Int64, _ index: Int) -> Bool {
        guard let commit = commits[number], let changes = history.attempted[number] else { return false }
        return points.isSkipped(changes[index], commitLSN: commit)
    }

    /// Repeats left out: each key's changes come in the order of their commits, and in exactly-once each partition's.
    private mutating func checkOrder() {
        var keys: [Key: Observation.Place] = [:]
        var partitions: [Int: Observation.Place] = [:]
        for (index, record) in history.observed.enumerated() where firsts[index] {
            let last = keys.updateValue(record.place, forKey: Key(record.change)) ?? record.place
            var isBehind = record.place < last
            if history.delivery == .exactlyOnce {
                let last = partitions.updateValue(record.place, forKey: record.partition) ?? record.place
                isBehind = isBehind || record.place < last
            }
            if isBehind { verdict.add(.disorder, "\(record)") }
        }
    }

    /// Accounts have one partition, where a transfer's two changes stand together: between transfers the sum is kept.
    private mutating func checkSums() {
        var tables = history.before
        let sum = tables.sum
        var open: UInt64?
        for (index, record) in history.observed.enumerated() where firsts[index] && record.change.kind == .account {
            if let open, open != record.commitLSN, tables.sum != sum {
                verdict.add(.imbalance, "before \(record)")
            }
            open = record.commitLSN
            tables.apply(record.change)
        }
        if tables.sum != sum { verdict.add(.imbalance, "in the end") }
    }

    /// With nobody writing, whoever reads what is committed sees each transaction whole or not at all.
    private mutating func checkCuts() {
        var seen: [Int64: Int] = [:]
        var next = history.cuts.makeIterator()
        var cut = next.next()
        for (index, record) in history.observed.enumerated() {
            while let count = cut, count <= index {
                tellHalves(seen, at: count)
                cut = next.next()
            }
            guard firsts[index], let number = transactions[record.commitLSN] else { continue }
            // What may be left out counts for nothing where it comes nevertheless.
            if isSkipped(number, record.ordinal - 1) { continue }
            seen[number, default: 0] += 1
            if seen[number] == wholes[number] { seen[number] = nil }
        }
        if cut != nil { tellHalves(seen, at: history.observed.count) }
    }

    private mutating func tellHalves(_ seen: [Int64: Int], at cut: Int) {
        for number in seen.keys.sorted() { verdict.add(.half, "transaction \(number), seen after \(cut) records") }
    }

    /// The records, in the order of their commits, make the tables that PostgreSQL has.
    private mutating func checkTables() {
        var tables = history.before
        let places = history.observed.indices.filter { firsts[$0] }.sorted {
            history.observed[$0].place < history.observed[$1].place
        }
        for index in places {
            let record = history.observed[index]
            // A tombstone's counter is known to the writer only.
            guard let number = transactions[record.commitLSN], !record.change.isOfRow else { continue }
            tables.apply(history.attempted[number]![record.ordinal - 1])
        }
        for (id, account) in history.after.accounts where tables.accounts[id] != account {
            verdict.add(.differs, "account \(id)")
        }
        let missing = history.after.entries.count { tables.entries[$0.key] != $0.value }
        if missing > 0 { verdict.add(.differs, "\(missing) rows are not in the topics") }
        let extra = tables.entries.keys.count { history.after.entries[$0] == nil }
        if extra > 0 { verdict.add(.differs, "\(extra) rows are in the topics only") }
    }

    private struct Key: Hashable {
        let kind: Change.Kind
        let key: Int64

        init(_ change: Change) {
            switch change.kind {
            case .deletedEntry: kind = .entry
            case .deletedRow: kind = .row
            case .entry, .account, .mark, .row: kind = change.kind
            }
            key = change.key
        }
    }
}
