/// One row change, as a writer made it or a record tells it.
struct Change: Hashable, Sendable {
    enum Kind: UInt8, Sendable {
        /// A row of `entries`: its key's counter, and a value that follows from both.
        case entry
        /// The end of one; the record is a tombstone, which tells the key and nothing else.
        case deletedEntry
        /// A new balance of `accounts`: the account, its version, the balance.
        case account
        /// A row of `marks`, each transaction's last: its number, and how many changes came before.
        case mark
    }

    let kind: Kind
    let key: Int64
    let counter: Int64
    let value: Int64

    /// What a record can tell of it.
    var visible: Change {
        kind == .deletedEntry ? Change(kind: kind, key: key, counter: 0, value: 0) : self
    }

    static func entry(_ key: Int64, _ counter: Int64) -> Change {
        Change(kind: .entry, key: key, counter: counter, value: key * 31 + counter)
    }

    static func deletedEntry(_ key: Int64, _ counter: Int64) -> Change {
        Change(kind: .deletedEntry, key: key, counter: counter, value: 0)
    }

    static func account(_ id: Int64, version: Int64, balance: Int64) -> Change {
        Change(kind: .account, key: id, counter: version, value: balance)
    }

    static func mark(_ transaction: Int64, after changes: Int) -> Change {
        Change(kind: .mark, key: transaction, counter: 0, value: Int64(changes))
    }
}
