public import RowMapping

/// A configuration file, read and checked: every value is in range and every default is filled in.
public struct Settings: Sendable {
    public var cdc: CDCSettings
    public var kafka: KafkaSettings
    public var mapping: MappingRules
    /// `memoryLimit`: the bound in bytes on everything held in memory between PostgreSQL and Kafka.
    public var memoryLimit: Int
    /// `shutdownTimeout`: how long a clean stop may wait for delivery reports.
    public var shutdownTimeout: Duration
}
