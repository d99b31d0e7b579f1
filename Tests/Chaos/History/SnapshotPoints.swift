/// As of where an initial snapshot has read each table first: earlier changes are in its rows, and are not streamed.
struct SnapshotPoints: Sendable {
    private var points: [RowTable: UInt64] = [:]
    private var all: Set<UInt64> = []

    /// How many there are.
    var count: Int { all.count }

    /// Takes a record, if it is a row of an initial snapshot. Rows that are asked for later have later points.
    mutating func take(_ record: Observation, _ mode: SnapshotMode) {
        guard mode.isInitial, record.origin == .snapshot, let table = record.change.table else { return }
        all.insert(record.commitLSN)
        points[table] = min(points[table, default: .max], record.commitLSN)
    }

    /// Whether the stream leaves a change out.
    func isSkipped(_ change: Change, commitLSN: UInt64) -> Bool {
        guard let table = change.table, let point = points[table] else { return false }
        return commitLSN < point
    }
}
