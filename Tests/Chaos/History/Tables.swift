/// The tables' contents, as PostgreSQL has them or as the records make them.
struct Tables: Equatable, Sendable {
    /// Values of `entries` by key and counter.
    var entries: [Entry: Int64] = [:]
    var accounts: [Int64: Account] = [:]

    struct Entry: Hashable, Sendable {
        let key: Int64
        let counter: Int64
    }

    struct Account: Equatable, Sendable {
        var version: Int64
        var balance: Int64
    }

    /// What no transfer changes.
    var sum: Int64 { accounts.values.reduce(0) { $0 + $1.balance } }

    mutating func apply(_ change: Change) {
        switch change.kind {
        case .entry: entries[Entry(key: change.key, counter: change.counter)] = change.value
        case .deletedEntry: entries[Entry(key: change.key, counter: change.counter)] = nil
        case .account: accounts[change.key] = Account(version: change.counter, balance: change.value)
        case .mark: break
        }
    }
}
