/// The tables' contents, as PostgreSQL has them or as the records make them.
struct Tables: Equatable, Sendable {
    /// Values of `entries` by key and counter.
    var entries: [Entry: Int64] = [:]
    var accounts: [Int64: Account] = [:]
    /// The rows that snapshots read, by ``RowTable/key(_:)``.
    var rows: [Int64: Row] = [:]

    struct Entry: Hashable, Sendable {
        let key: Int64
        let counter: Int64
    }

    struct Account: Equatable, Sendable {
        var version: Int64
        var balance: Int64
    }

    struct Row: Equatable, Sendable {
        var version: Int64
        /// The transaction that wrote it; 0 before the run.
        var transaction: Int64
        /// As ``Change/value``.
        var large: Int64
    }

    /// What no transfer changes.
    var sum: Int64 { accounts.values.reduce(0) { $0 + $1.balance } }

    mutating func apply(_ change: Change, of transaction: Int64 = 0) {
        switch change.kind {
        case .entry: entries[Entry(key: change.key, counter: change.counter)] = change.value
        case .deletedEntry: entries[Entry(key: change.key, counter: change.counter)] = nil
        case .account: accounts[change.key] = Account(version: change.counter, balance: change.value)
        case .mark: break
        case .row: rows[change.key] = Row(version: change.counter, transaction: transaction, large: change.value)
        case .deletedRow: rows[change.key] = nil
        }
    }
}
