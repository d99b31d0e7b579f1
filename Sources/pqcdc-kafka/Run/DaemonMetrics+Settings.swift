import Configuration
import Observability
import Pipeline
import RowMapping

extension DaemonMetrics {
    /// Shows what is known of the configuration before anything happens.
    ///
    /// The counters of the file's tables and topics stand at 0 from the start: Prometheus sees no increase in a series that
    /// appears together with its first event. What only patterns and rows name appears with its first change.
    func describe(_ settings: Settings) {
        name(slot: settings.cdc.slot.name, database: settings.cdc.database, delivery: settings.kafka.delivery.rawValue)
        memoryLimit.set(UInt64(settings.memoryLimit))
        memoryReserved.set(UInt64(settings.pipelinePlan.reservedBytes))
        for name in settings.mapping.tables.keys { _ = table(schema: name.schema, name: name.name) }
        for use in settings.topics(settings.mappedTables(nil)) { _ = topic(use.topic) }
    }
}
