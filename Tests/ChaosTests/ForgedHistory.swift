@testable import pqcdc_chaos

/// A small history in which every promise is kept, for tests to break one.
///
/// Ten transactions: two entries of one key, a transfer, a mark; every third one deletes an entry as well.
struct ForgedHistory {
    var history: History

    init(_ delivery: Delivery) {
        history = History(delivery: delivery)
        for id in 1...2 as ClosedRange<Int64> { history.before.accounts[id] = .init(version: 0, balance: 100) }
        history.after = history.before
        for number in 1...10 as ClosedRange<Int64> {
            let counter = number * 2
            var changes: [Change] = [.entry(7, counter - 1), .entry(7, counter)]
            changes.append(.account(1, version: number, balance: 100 - number))
            changes.append(.account(2, version: number, balance: 100 + number))
            if number % 3 == 0 { changes.append(.deletedEntry(7, number / 3)) }
            changes.append(.mark(number, after: changes.count))
            history.attempted[number] = changes
            history.committed.insert(number)
            for change in changes { history.after.apply(change) }
            deliver(number)
        }
        // Rolled back: no record may tell of it.
        history.attempted[11] = [.entry(7, 21), .mark(11, after: 1)]
        history.cuts = [history.observed.count]
    }

    /// Appends the records of a transaction.
    mutating func deliver(_ number: Int64) {
        for ordinal in 1...history.attempted[number]!.count { deliver(number, ordinal) }
    }

    /// Appends the record of one change.
    mutating func deliver(_ number: Int64, _ ordinal: Int) {
        let change = history.attempted[number]![ordinal - 1]
        let partition: Int
        switch change.kind {
        case .entry, .deletedEntry: partition = 0
        case .account: partition = 4
        case .mark: partition = 8
        case .row, .deletedRow: partition = 12
        }
        let offset = history.observed.count { $0.partition == partition }
        history.observed.append(
            Observation(
                partition: partition, offset: Int64(offset), commitLSN: UInt64(number) * 100, xid: UInt32(number),
                ordinal: ordinal, transaction: change.kind == .deletedEntry ? nil : number, change: change.visible))
    }

    /// Where the record of a change is.
    func index(_ number: Int64, _ ordinal: Int) -> Int {
        history.observed.firstIndex { $0.commitLSN == UInt64(number) * 100 && $0.ordinal == ordinal }!
    }

    /// Takes records out, as if they had never been written.
    mutating func remove(where isGone: (Observation) -> Bool) {
        let kept = history.observed.filter { !isGone($0) }
        history.observed = []
        for record in kept { deliver(Int64(record.commitLSN / 100), record.ordinal) }
        history.cuts = [history.observed.count]
    }

    /// What the checker complains of.
    var violated: Set<Violation.Kind> { Set(HistoryChecker.check(history).violations.map(\.kind)) }
}
