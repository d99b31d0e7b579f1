/// What a run did, and what came of it.
struct History: Sendable {
    var delivery: Delivery
    var snapshots = SnapshotMode.never
    /// Every transaction that a writer has tried to commit, or rolled back: its changes in order.
    var attempted: [Int64: [Change]] = [:]
    /// Those that PostgreSQL knows in the end.
    var committed: Set<Int64> = []
    /// Every record; those of one partition in its order.
    var observed: [Observation] = []
    /// How many records had been read at moments when no daemon lived and the topics were read to their ends.
    var cuts: [Int] = []
    /// How often a snapshot of a table was asked for.
    var requests: [RowTable: Int] = [:]
    /// The tables before the first transaction and after the last.
    var before = Tables()
    var after = Tables()
}
