internal import ReplicationProtocol
internal import RowMapping

/// The table that a request is being followed for, as the assembler watches its changes.
struct RequestedRelation {
    /// As the catalog had it when the reading began: the shape of the rows that are read. The stream may be behind, and have
    /// changes of an older shape until the first low mark.
    let relation: Relation
    /// How the rows that are read become records.
    var plan: RowPlan
    /// What a row that is read must meet to become a record; nil where all do.
    var condition: FilterPlan?
    /// Has the watermarks that count.
    let exchange: ChunkExchange
    var window: SnapshotWindow
    /// Whether the table has got another shape since.
    private(set) var isAltered = false

    init(
        relation: Relation, plan: RowPlan, condition: FilterPlan?, exchange: ChunkExchange, window: SnapshotWindow
    ) {
        self.relation = relation
        self.plan = plan
        self.condition = condition
        self.exchange = exchange
        self.window = window
    }

    /// The stream has described the table.
    mutating func wasDescribed(_ shape: Relation) {
        // Before the first mark it may be an older shape than the catalog's.
        if window.hasBegun, shape != relation { isAltered = true }
    }
}
