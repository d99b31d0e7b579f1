/// Which rows of the snapshots' tables a writer has. Its own alone: no two writers change one row.
struct RowStates: Sendable {
    struct State: Sendable {
        /// Grows with each change, deletions included.
        var version: Int64
        /// The version that wrote the large value; 0 for NULL.
        var large: Int64
        /// Where in `parts` it stands; 0 elsewhere.
        var partition: Int64
        var isThere: Bool
    }

    /// Rows of this number, and those that differ from it by a multiple of ``writers``, are this writer's.
    private let writer: Int64
    private let writers: Int64
    private var states: [RowTable: [State]] = [:]

    /// - Parameter counts: how many rows each table has been filled with.
    init(writer: Int, of writers: Int, filled counts: [RowTable: Int]) {
        self.writer = Int64(writer)
        self.writers = Int64(writers)
        for (table, count) in counts {
            states[table] = stride(from: writer, to: count, by: writers).map { number in
                let row = RowFilling.row(Int64(number), of: table)
                return State(
                    version: RowFilling.version, large: row.large, partition: row.partition, isThere: true)
            }
        }
    }

    func count(of table: RowTable) -> Int { states[table]?.count ?? 0 }

    /// The number of the row at an index, among all writers' rows of the table.
    func number(at index: Int) -> Int64 { Int64(index) * writers + writer }

    subscript(table: RowTable, index: Int) -> State {
        get { states[table]![index] }
        set { states[table]![index] = newValue }
    }

    /// Makes room for a row that has never been.
    ///
    /// - Returns: its index.
    mutating func append(to table: RowTable) -> Int {
        states[table]!.append(State(version: RowFilling.version, large: 0, partition: 0, isThere: false))
        return states[table]!.count - 1
    }
}
