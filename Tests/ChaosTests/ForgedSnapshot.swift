@testable import pqcdc_chaos

/// A small history with snapshots in which every promise is kept, for tests to break one.
///
/// Six rows of `docs`, and three transactions, whose commits stand at 100, 200 and 300. The tables are read in two parts: rows
/// 0 to 2 as of 150, the others as of 250; by an initial snapshot that was interrupted in between, or for a request.
struct ForgedSnapshot {
    var history: History
    private let mode: SnapshotMode

    init(_ delivery: Delivery, _ mode: SnapshotMode) {
        self.mode = mode
        history = History(delivery: delivery, snapshots: mode)
        for id in 0..<6 as Range<Int64> { history.before.apply(.row(.docs, id, version: 1, large: 1)) }
        history.after = history.before
        commit(1, [.row(.docs, 0, version: 2, large: 2)])
        commit(
            2,
            [
                .row(.docs, 1, version: 2, large: 1, keepsLarge: true), .deletedRow(.docs, 2, version: 2),
                .row(.docs, 5, version: 2, large: 1, keepsLarge: true),
            ])
        commit(3, [.row(.docs, 3, version: 2, large: 2), .row(.docs, 2, version: 3, large: 0)])
        // Rolled back.
        history.attempted[9] = [.row(.docs, 4, version: 2, large: 2)]
        if mode.isInitial {
            read(0..<3, at: 150)
            read(3..<6, at: 250)
            deliver(1, 2)
            deliver(2)
            deliver(3)
        } else {
            history.requests[.docs] = 1
            deliver(1)
            read(0..<3, at: 150)
            deliver(2)
            read(3..<6, at: 250)
            deliver(3)
        }
        history.cuts = [history.observed.count]
    }

    /// Adds a transaction, and its mark.
    mutating func commit(_ number: Int64, _ changes: [Change]) {
        history.attempted[number] = changes + [.mark(number, after: changes.count)]
        history.committed.insert(number)
        for change in changes { history.after.apply(change, of: number) }
    }

    // MARK: Records

    /// Appends the records of a transaction.
    mutating func deliver(_ number: Int64) {
        for ordinal in 1...history.attempted[number]!.count { deliver(number, ordinal) }
    }

    /// Appends the record of one change, which leaves out a large value that it keeps unless it is told to have one.
    mutating func deliver(_ number: Int64, _ ordinal: Int, large: Int64? = nil) {
        let change = history.attempted[number]![ordinal - 1]
        let value = large ?? (change.keepsLarge ? Change.leftOut : change.visible.value)
        let told = Change(kind: change.kind, key: change.key, counter: change.visible.counter, value: value)
        append(
            Observation(
                partition: change.isOfRow ? 12 : 8, offset: 0, commitLSN: UInt64(number) * 100, xid: UInt32(number),
                ordinal: ordinal, transaction: change.kind == .deletedRow ? nil : number, change: told))
    }

    /// Appends rows as they were at `lsn`, if they were.
    mutating func read(_ ids: Range<Int64>, at lsn: UInt64) {
        var tables = history.before
        for number in history.committed.sorted() where UInt64(number) * 100 < lsn {
            for change in history.attempted[number]! { tables.apply(change, of: number) }
        }
        for id in ids {
            guard let row = tables.rows[RowTable.docs.key(id)] else { continue }
            read(.row(.docs, id, version: row.version, large: row.large), of: row.transaction, at: lsn)
        }
    }

    /// Appends a snapshot's row, whatever the table has.
    mutating func read(_ row: Change, of transaction: Int64, at lsn: UInt64) {
        append(
            Observation(
                origin: .snapshot, partition: 12, offset: 0, commitLSN: lsn, xid: 0, ordinal: 0,
                transaction: transaction, change: row))
    }

    private mutating func append(_ record: Observation) {
        let offset = history.observed.count { $0.partition == record.partition }
        history.observed.append(record.at(Int64(offset)))
    }

    /// Takes records out, as if they had never been written.
    mutating func remove(where isGone: (Observation) -> Bool) {
        let kept = history.observed.filter { !isGone($0) }
        history.observed = []
        for record in kept { append(record) }
        history.cuts = [history.observed.count]
    }

    /// Moves the records that were appended since there were `count` to where the first that fits is.
    mutating func moveAppended(since count: Int, before isPlace: (Observation) -> Bool) {
        let appended = history.observed[count...]
        let kept = history.observed[..<count]
        let place = kept.firstIndex(where: isPlace)!
        history.observed = []
        for record in kept[..<place] + appended + kept[place...] { append(record) }
        history.cuts = [history.observed.count]
    }

    /// What the checker complains of.
    var violated: Set<Violation.Kind> { Set(HistoryChecker.check(history).violations.map(\.kind)) }
}

extension Observation {
    fileprivate func at(_ offset: Int64) -> Observation {
        Observation(
            origin: origin, partition: partition, offset: offset, commitLSN: commitLSN, xid: xid, ordinal: ordinal,
            transaction: transaction, change: change)
    }

    func isRow(_ id: Int64) -> Bool { origin == .snapshot && change.key == RowTable.docs.key(id) }
    func isChange(_ number: Int64, _ ordinal: Int) -> Bool {
        origin == .stream && commitLSN == UInt64(number) * 100 && self.ordinal == ordinal
    }
}
