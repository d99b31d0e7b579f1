import Synchronization

/// Mapped tables whose changes do not arrive, or not all of them, as they were last looked for. Absent from a scrape until
/// the server has said so for the first time.
public final class PublicationMetrics: Sendable {
    private let current: Current

    private final class Current: Sendable {
        let tables = Mutex<[(table: String, reason: String)]?>(nil)
    }

    init(_ registry: MetricRegistry) {
        let current = Current()
        self.current = current
        registry.gauge(
            "pqcdc_unpublished_tables",
            help: "Mapped tables and patterns of which the publication sends nothing, or not every operation."
        ) {
            current.tables.withLock { $0.map { .integer(UInt64(Set($0.map(\.table)).count)) } }
        }
    }

    /// By name, with the reason in words; nil until the server was asked.
    public var tables: [(table: String, reason: String)]? { current.tables.withLock { $0 } }

    /// Notes what was found now.
    public func update(_ tables: [(table: String, reason: String)]) { current.tables.withLock { $0 = tables } }
}
