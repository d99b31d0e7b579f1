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
        /// A row of a ``RowTable``: its version, and which of its large values it has.
        case row
        /// The end of one, with a version too, which the tombstone does not tell.
        case deletedRow
    }

    let kind: Kind
    let key: Int64
    let counter: Int64
    /// Of a row: the version that wrote its large value, 0 for NULL, or ``leftOut``.
    let value: Int64
    /// Whether an UPDATE did not touch a large value, so that its record need not tell it.
    var keepsLarge = false

    /// The value of a record that leaves the large one out.
    static let leftOut: Int64 = -1
    /// That of a record in which it is not what anybody has written.
    static let damaged: Int64 = -2

    var isOfRow: Bool { kind == .row || kind == .deletedRow }
    /// Of a row: its table.
    var table: RowTable? { isOfRow ? RowTable.split(key)?.table : nil }

    /// Whether a record tells of this change.
    func isTold(by record: Change) -> Bool {
        switch kind {
        case .deletedEntry, .deletedRow: return record.kind == kind && record.key == key
        case .entry, .account, .mark: return record == self
        case .row:
            guard record.kind == .row, record.key == key, record.counter == counter else { return false }
            if record.value == value { return true }
            // Read from the table, it may be newer, and be NULL by then.
            return keepsLarge && (record.value == Self.leftOut || record.value == 0 || record.value > value)
        }
    }

    /// What a record can tell of it.
    var visible: Change {
        switch kind {
        case .deletedEntry, .deletedRow: Change(kind: kind, key: key, counter: 0, value: 0)
        case .entry, .account, .mark, .row: self
        }
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

    static func row(
        _ table: RowTable, _ id: Int64, version: Int64, large: Int64 = 0, keepsLarge: Bool = false
    ) -> Change {
        Change(kind: .row, key: table.key(id), counter: version, value: large, keepsLarge: keepsLarge)
    }

    static func deletedRow(_ table: RowTable, _ id: Int64, version: Int64 = 0) -> Change {
        Change(kind: .deletedRow, key: table.key(id), counter: version, value: 0)
    }
}
