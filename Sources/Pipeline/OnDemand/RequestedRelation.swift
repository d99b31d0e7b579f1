internal import ReplicationProtocol
internal import RowMapping

/// The table that a request is being followed for, as the assembler watches its changes.
struct RequestedRelation {
    /// As the catalog had it when the reading began: the shape of the rows that are read. The stream may be behind, and have
    /// changes of an older shape until the first low mark.
    let relation: Relation
    /// How the rows that are read become records.
    var plan: RowPlan
    let slot: String
    /// Whose watermarks count.
    let run: UInt64
    var window: SnapshotWindow
    /// Whether the table has got another shape since.
    private(set) var isAltered = false

    init(relation: Relation, plan: RowPlan, slot: String, run: UInt64, window: SnapshotWindow) {
        self.relation = relation
        self.plan = plan
        self.slot = slot
        self.run = run
        self.window = window
    }

    /// The stream has described the table.
    mutating func wasDescribed(_ shape: Relation) {
        // Before the first mark it may be an older shape than the catalog's.
        if window.hasBegun, shape != relation { isAltered = true }
    }
}
