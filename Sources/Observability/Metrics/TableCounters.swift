/// The counters of one table. Fetched once when its plan is compiled; counting is then one atomic addition.
public final class TableCounters: Sendable {
    public let inserts: Counter
    public let updates: Counter
    public let deletes: Counter
    public let truncates: Counter
    /// Rows that a snapshot has read.
    public let snapshots: Counter
    /// Changes that were passed over since no mapping names the table.
    public let skipped: Counter
    /// Changes that could not become records, and that their rule says to skip.
    public let failed: Counter
    /// Changes that could not become records, and went to the dead-letter topic.
    public let deadLettered: Counter

    init(
        inserts: Counter, updates: Counter, deletes: Counter, truncates: Counter, snapshots: Counter, skipped: Counter,
        failed: Counter,
        deadLettered: Counter
    ) {
        self.inserts = inserts
        self.updates = updates
        self.deletes = deletes
        self.truncates = truncates
        self.snapshots = snapshots
        self.skipped = skipped
        self.failed = failed
        self.deadLettered = deadLettered
    }
}
