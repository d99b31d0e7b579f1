import TestSupport

/// One transaction of a writer: small or large, committed or rolled back, with savepoints, transfers and deletes.
struct TransactionScript {
    let number: Int64
    /// The keys' rows once it is committed.
    private(set) var counters: KeyCounters
    /// The snapshots' rows once it is committed; nil where there are none.
    private(set) var rows: RowStates?
    private let accounts: Int
    private var changes: [Change] = []

    init(number: Int64, counters: KeyCounters, rows: RowStates?, accounts: Int) {
        self.number = number
        self.counters = counters
        self.rows = rows
        self.accounts = accounts
    }

    /// Runs it, and enters it in the journal before its end.
    ///
    /// - Returns: whether it was committed, as opposed to rolled back.
    mutating func run(
        on sql: SQLSession, _ journal: Journal, _ random: inout SeededRandom
    ) throws -> Bool {
        try sql.execute("BEGIN")
        if rows != nil, Int.random(in: 0..<10, using: &random) < 7 { try changeRows(sql, &random) }
        switch Int.random(in: 0..<1000, using: &random) {
        case 0..<4:
            for key in counters.keys { try insert(Int.random(in: 100...600, using: &random), key, sql, pad: 40) }
        case 4..<300: try transfer(sql, &random)
        case 300..<400:
            try transfer(sql, &random)
            try insertSome(sql, &random)
            try transfer(sql, &random)
        case 400..<500: try withSavepoint(sql, &random)
        case 500..<600: try deleteSome(sql, &random)
        default: try insertSome(sql, &random)
        }
        try sql.execute("INSERT INTO marks VALUES (\(number), \(changes.count))")
        changes.append(.mark(number, after: changes.count))
        journal.enter(number, changes)
        let isCommitted = Int.random(in: 0..<20, using: &random) != 0
        try sql.execute(isCommitted ? "COMMIT" : "ROLLBACK")
        return isCommitted
    }

    private mutating func changeRows(_ sql: SQLSession, _ random: inout SeededRandom) throws {
        guard let rows else { return }
        var script = RowScript(rows, transaction: number)
        for _ in 0..<Int.random(in: 1...3, using: &random) { try script.run(on: sql, &random) }
        self.rows = script.states
        changes += script.changes
    }

    private mutating func insertSome(_ sql: SQLSession, _ random: inout SeededRandom) throws {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let key = counters.keys.randomElement(using: &random)!
            let pad = Int.random(in: 0..<50, using: &random) == 0 ? 5000 : Int.random(in: 0...200, using: &random)
            try insert(Int.random(in: 1...5, using: &random), key, sql, pad: pad)
        }
    }

    private mutating func insert(_ count: Int, _ key: Int64, _ sql: SQLSession, pad: Int) throws {
        let first = counters[key].next
        let last = first + Int64(count) - 1
        try sql.execute(
            "INSERT INTO entries SELECT \(key), i, \(key) * 31 + i, \(number), repeat('x', \(pad)) "
                + "FROM generate_series(\(first), \(last)) i")
        changes += (first...last).map { .entry(key, $0) }
        counters[key].next = last + 1
    }

    private mutating func deleteSome(_ sql: SQLSession, _ random: inout SeededRandom) throws {
        let key = counters.keys.randomElement(using: &random)!
        for _ in 0..<Int.random(in: 1...4, using: &random) where counters[key].first < counters[key].next {
            let counter = counters[key].first
            try sql.execute("DELETE FROM entries WHERE key = \(key) AND counter = \(counter)")
            changes.append(.deletedEntry(key, counter))
            counters[key].first += 1
        }
    }

    /// Rows that never were, between rows that are.
    private mutating func withSavepoint(_ sql: SQLSession, _ random: inout SeededRandom) throws {
        try insertSome(sql, &random)
        let before = (counters, changes)
        try sql.execute("SAVEPOINT one")
        try insertSome(sql, &random)
        try transfer(sql, &random)
        if Bool.random(using: &random) {
            try sql.execute("ROLLBACK TO SAVEPOINT one")
            (counters, changes) = before
        } else {
            try sql.execute("RELEASE SAVEPOINT one")
        }
        try insertSome(sql, &random)
    }

    private mutating func transfer(_ sql: SQLSession, _ random: inout SeededRandom) throws {
        let from = Int.random(in: 1..<accounts, using: &random)
        let to = Int.random(in: from + 1...accounts, using: &random)
        let amount = Int.random(in: -50...50, using: &random)
        // The lower one first: a second transfer of the same transaction may still meet a deadlock, and is then undone.
        for (account, change) in [(from, -amount), (to, amount)] {
            let row = try sql.query(
                "UPDATE accounts SET balance = balance + \(change), version = version + 1, tx = \(number) "
                    + "WHERE id = \(account) RETURNING version, balance"
            ).first
            guard let row, let version = row[0].flatMap({ Int64($0) }), let balance = row[1].flatMap({ Int64($0) })
            else { throw HarnessError("there is no account \(account)") }
            changes.append(.account(Int64(account), version: version, balance: balance))
        }
    }
}
