/// What a consumer has that keeps the last record of each key, and takes large values that are left out from the one before.
struct RowFold: Sendable {
    private(set) var rows: [Int64: Tables.Row] = [:]
    /// Rows of which the stream has told.
    private(set) var streamed: Set<Int64> = []

    /// Takes the records of a partition in their order.
    mutating func take(_ record: Observation) {
        let change = record.change
        if record.origin == .stream { streamed.insert(change.key) }
        guard change.kind == .row else {
            rows[change.key] = nil
            return
        }
        let large = change.value == Change.leftOut ? rows[change.key]?.large ?? Change.leftOut : change.value
        rows[change.key] = Tables.Row(
            version: change.counter, transaction: record.transaction ?? 0, large: large)
    }
}
