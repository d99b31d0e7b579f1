/// The counters of one table. Fetched once when its plan is compiled; counting is then one atomic addition.
public final class TableCounters: Sendable {
    public let schema: String
    public let name: String
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

    init(schema: String, name: String, registry: MetricRegistry) {
        self.schema = schema
        self.name = name
        let labels = [("schema", schema), ("table", name)]
        func changes(_ operation: String) -> Counter {
            registry.counter(
                "pqcdc_changes_total", help: "Changes read from PostgreSQL, by table and operation.",
                labels: labels + [("operation", operation)])
        }
        func failures(_ action: String) -> Counter {
            registry.counter(
                "pqcdc_failed_changes_total",
                help: "Changes that could not become records, by table and what their rule does with them.",
                labels: labels + [("action", action)])
        }
        inserts = changes("insert")
        updates = changes("update")
        deletes = changes("delete")
        truncates = changes("truncate")
        snapshots = changes("snapshot")
        skipped = registry.counter(
            "pqcdc_skipped_changes_total", help: "Changes passed over because no mapping names their table.",
            labels: labels)
        failed = failures("skip")
        deadLettered = failures("deadLetter")
    }
}
