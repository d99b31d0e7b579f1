/// Judges a history. Pure: a history in, a verdict out.
///
/// A record belongs to the transaction that its headers name by `commitLsn` and `xid`, and is that transaction's change
/// number `txOrdinal`: so each is held against the one change that it has to be.
struct HistoryChecker {
    private let history: History
    private var verdict = Verdict()
    /// The writer's number of each transaction in the WAL.
    private var transactions: [UInt64: Int64] = [:]
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
        var commits: [Int64: UInt64] = [:]
        for record in history.observed {
            guard let number = record.transaction else { continue }
            let known = transactions.updateValue(number, forKey: record.commitLSN) ?? number
            let commit = commits.updateValue(record.commitLSN, forKey: number) ?? record.commitLSN
            if known != number || commit != record.commitLSN {
                verdict.add(.altered, "transactions \(known) and \(number) are mixed up, \(Self.text(record))")
            }
        }
    }

    /// Holds each record against the change that it is to tell of.
    private mutating func match() {
        for (index, record) in history.observed.enumerated() {
            guard let number = transactions[record.commitLSN], history.committed.contains(number),
                let changes = history.attempted[number]
            else {
                verdict.add(.extra, Self.text(record))
                continue
            }
            guard changes.indices.contains(record.ordinal - 1),
                changes[record.ordinal - 1].visible == record.change
            else {
                verdict.add(.altered, Self.text(record))
                continue
            }
            firsts[index] = counts[number]![record.ordinal - 1] == 0
            counts[number]![record.ordinal - 1] += 1
            guard !firsts[index] else { continue }
            verdict.repeats += 1
            if history.delivery == .exactlyOnce { verdict.add(.repeated, Self.text(record)) }
        }
    }

    /// Finds what is missing.
    private mutating func count() {
        for (number, counts) in counts.sorted(by: { $0.key < $1.key }) {
            let missing = counts.count { $0 == 0 }
            guard missing > 0 else { continue }
            verdict.losses += missing
            verdict.add(.lost, "\(missing) of \(counts.count) changes of transaction \(number)")
            if missing < counts.count { verdict.add(.half, "transaction \(number), in the end") }
        }
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
            if isBehind { verdict.add(.disorder, Self.text(record)) }
        }
    }

    /// Accounts have one partition, where a transfer's two changes stand together: between transfers the sum is kept.
    private mutating func checkSums() {
        var tables = history.before
        let sum = tables.sum
        var open: UInt64?
        for (index, record) in history.observed.enumerated() where firsts[index] && record.change.kind == .account {
            if let open, open != record.commitLSN, tables.sum != sum {
                verdict.add(.imbalance, "before \(Self.text(record))")
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
            seen[number, default: 0] += 1
            if seen[number] == counts[number]?.count { seen[number] = nil }
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
            guard let number = transactions[record.commitLSN] else { continue }
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
            kind = change.kind == .deletedEntry ? .entry : change.kind
            key = change.key
        }
    }

    private static func text(_ record: Observation) -> String {
        "partition \(record.partition), offset \(record.offset): xid \(record.xid), "
            + "commit \(String(record.commitLSN, radix: 16)), change \(record.ordinal)"
    }
}
