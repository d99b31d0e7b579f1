public import RowMapping

/// A configuration file, read and checked: every value is in range and every default is filled in.
public struct Settings: Sendable {
    public var cdc: CDCSettings
    public var kafka: KafkaSettings
    public var mapping: MappingRules
    /// Where the filters of ``mapping`` are written, by the description of their ``TableName`` or ``TablePattern``.
    public var filterSources: [String: FilterSource] = [:]
    /// `memoryLimit`: the bound in bytes on everything held in memory between PostgreSQL and Kafka.
    public var memoryLimit: Int
    /// `shutdownTimeout`: how long a clean stop may wait for delivery reports.
    public var shutdownTimeout: Duration
    /// `readiness.maxStall`: how long nothing may be confirmed while the server is ahead, before we are not ready.
    public var maxStall = Duration.seconds(60)

    /// `readiness.unpublished`: what mapped tables are that the publication does not send, besides a warning.
    public enum UnpublishedAction: String, CaseIterable, Sendable {
        case warn
        /// A reason not to be ready.
        case fail
    }

    public var unpublished = UnpublishedAction.warn
}
