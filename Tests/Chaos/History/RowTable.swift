/// The tables that snapshots read.
enum RowTable: Int64, CaseIterable, Sendable {
    /// Short rows under whole numbers, with room in each page: most UPDATEs stay where they are (HOT).
    case small = 1
    /// Rows under a uuid, half of them with a value out of line, which most UPDATEs leave out.
    case docs
    /// Three partitions, published as one table; rows move between them.
    case parts
    /// Without a primary key. Its rows can be told apart all the same, by a column that is never the same.
    case loose

    var name: String { "\(self)" }
    /// Whether a snapshot of it can be asked for.
    var hasPrimaryKey: Bool { self != .loose }

    /// The key of a row, among all tables' rows.
    func key(_ id: Int64) -> Int64 { rawValue << 40 | id }

    /// The table of such a key, and the row's own key.
    static func split(_ key: Int64) -> (table: RowTable, id: Int64)? {
        RowTable(rawValue: key >> 40).map { ($0, key & (1 << 40 - 1)) }
    }
}
