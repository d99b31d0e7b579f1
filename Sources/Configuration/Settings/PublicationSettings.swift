public import RowMapping

/// `cdc.publication`.
public struct PublicationSettings: Hashable, Sendable {
    public enum Operation: String, CaseIterable, Sendable {
        case insert, update, delete, truncate
    }

    /// `publish_generated_columns`, which came with PostgreSQL 18.
    public enum GeneratedColumns: String, CaseIterable, Sendable {
        case omitted = "none"
        case stored
    }

    public enum ReplicaIdentity: Hashable, Sendable {
        case `default`
        case full
        case nothing
        /// `USING INDEX name`, from `replicaIdentityIndex`.
        case index(String)
    }

    public struct Table: Hashable, Sendable {
        public var table: TableName
        /// nil leaves the table's replica identity as it is.
        public var replicaIdentity: ReplicaIdentity?
        /// The publication's column list; empty publishes all columns.
        public var columns: [String]
        /// Whether the table is partitioned, so that its publication needs `publish_via_partition_root`.
        public var partitioned: Bool
        /// SQL that a row must meet to be read by a snapshot.
        public var queryCondition: String?
    }

    public var name: String
    public var createIfNotExists: Bool
    /// Empty when the file names none: an existing publication is then left as it is, a created one publishes
    /// insert, update and delete.
    public var operations: Set<Operation>
    public var tables: [Table]
    /// nil leaves the publication's as it is.
    public var generatedColumns: GeneratedColumns?
}
