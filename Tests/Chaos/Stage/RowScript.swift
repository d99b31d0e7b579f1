import TestSupport

/// Changes of the snapshots' tables, in every way that a snapshot can stumble over.
struct RowScript {
    private(set) var states: RowStates
    private(set) var changes: [Change] = []
    private let transaction: Int64

    init(_ states: RowStates, transaction: Int64) {
        self.states = states
        self.transaction = transaction
    }

    /// Changes some rows of one table.
    mutating func run(on sql: SQLSession, _ random: inout SeededRandom) throws {
        let table = RowTable.allCases.randomElement(using: &random)!
        var statements: [String] = []
        if Int.random(in: 0..<8, using: &random) == 0 {
            let index = states.append(to: table)
            statements.append(insert(table, index, &random))
        } else {
            // Neighbours, which share pages.
            let count = Int.random(in: 1...(Int.random(in: 0..<4, using: &random) == 0 ? 12 : 3), using: &random)
            let first = Int.random(in: 0..<states.count(of: table), using: &random)
            for index in first..<min(first + count, states.count(of: table)) {
                statements.append(change(table, index, &random))
            }
        }
        try sql.execute(statements.joined(separator: "; "))
    }

    private mutating func change(_ table: RowTable, _ index: Int, _ random: inout SeededRandom) -> String {
        guard states[table, index].isThere else { return insert(table, index, &random) }
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<3: return delete(table, index)
        case 3..<6 where table == .parts: return move(index, &random)
        // No index has to know: HOT where the page has room.
        case 3..<12: return update(table, index)
        // An index has to know.
        case 12..<16: return update(table, index, setting: ", n = n + 1")
        case 16..<18 where table == .docs: return updateLarge(index, isNull: false)
        case 18 where table == .docs: return updateLarge(index, isNull: true)
        default:
            // Goes and comes back under its key, with a place of its own.
            return delete(table, index) + "; " + insert(table, index, &random)
        }
    }

    private mutating func insert(_ table: RowTable, _ index: Int, _ random: inout SeededRandom) -> String {
        var state = states[table, index]
        let number = states.number(at: index)
        state.version += 1
        state.isThere = true
        state.partition = table == .parts ? Int64.random(in: 0..<RowFilling.partitions, using: &random) : 0
        state.large = table == .docs && Bool.random(using: &random) ? state.version : 0
        states[table, index] = state
        let id = RowFilling.id(number, partition: state.partition)
        changes.append(.row(table, id, version: state.version, large: state.large))
        let large = state.large > 0 ? RowFilling.sqlLarge("\(state.version)") : "NULL"
        return "INSERT INTO \(table.name) VALUES (\(RowFilling.sqlKey(table, id)), \(number), \(state.version), "
            + "\(transaction), \(table == .docs ? large + ", " : "")repeat('p', 200))"
    }

    private mutating func delete(_ table: RowTable, _ index: Int) -> String {
        let id = advance(table, index)
        states[table, index].isThere = false
        changes.append(.deletedRow(table, id, version: states[table, index].version))
        return "DELETE FROM \(table.name) WHERE id = \(RowFilling.sqlKey(table, id))"
    }

    private mutating func update(_ table: RowTable, _ index: Int, setting more: String = "") -> String {
        let id = advance(table, index)
        let state = states[table, index]
        changes.append(
            .row(table, id, version: state.version, large: state.large, keepsLarge: state.large > 0))
        return "UPDATE \(table.name) SET version = \(state.version), tx = \(transaction)\(more) "
            + "WHERE id = \(RowFilling.sqlKey(table, id))"
    }

    private mutating func updateLarge(_ index: Int, isNull: Bool) -> String {
        let id = advance(.docs, index)
        let version = states[.docs, index].version
        states[.docs, index].large = isNull ? 0 : version
        changes.append(.row(.docs, id, version: version, large: states[.docs, index].large))
        return "UPDATE docs SET version = \(version), tx = \(transaction), "
            + "big = \(isNull ? "NULL" : RowFilling.sqlLarge("\(version)")) WHERE id = \(RowFilling.sqlKey(.docs, id))"
    }

    /// To another partition, which the stream tells as the end of one row and the beginning of another.
    private mutating func move(_ index: Int, _ random: inout SeededRandom) -> String {
        let old = advance(.parts, index)
        var state = states[.parts, index]
        state.partition += Int64.random(in: 1..<RowFilling.partitions, using: &random)
        state.partition %= RowFilling.partitions
        states[.parts, index] = state
        let new = RowFilling.id(states.number(at: index), partition: state.partition)
        changes.append(.deletedRow(.parts, old, version: state.version))
        changes.append(.row(.parts, new, version: state.version))
        return "UPDATE parts SET id = \(new), version = \(state.version), tx = \(transaction) WHERE id = \(old)"
    }

    /// Gives a row its next version.
    ///
    /// - Returns: its id.
    private mutating func advance(_ table: RowTable, _ index: Int) -> Int64 {
        states[table, index].version += 1
        return RowFilling.id(states.number(at: index), partition: states[table, index].partition)
    }
}
