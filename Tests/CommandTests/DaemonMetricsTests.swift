import Observability
import RowMapping
import Testing

@testable import pqcdc_kafka

/// What `/metrics` shows before anything has happened.
@Suite struct DaemonMetricsTests {
    /// Prometheus sees no increase in a series that appears together with its first event.
    @Test func theCountersOfTheFilesTablesAndTopicsStandAt0FromTheStart() {
        let registry = MetricRegistry()
        DaemonMetrics(registry: registry, version: "1").describe(Fixture.settings())
        let text = registry.render()
        for series in [
            #"pqcdc_failed_changes_total{action="deadLetter",schema="public",table="users"} 0"#,
            #"pqcdc_skipped_changes_total{schema="public",table="users"} 0"#,
            #"pqcdc_changes_total{operation="insert",schema="public",table="users"} 0"#,
            #"pqcdc_records_failed_total{topic="users.0"} 0"#,
            #"pqcdc_records_delivered_total{topic="users.0"} 0"#,
        ] {
            #expect(text.contains("\n\(series)\n"), "\(series) in\n\(text)")
        }
    }
}
