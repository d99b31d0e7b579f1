public import RowMapping

/// `cdc.snapshot`: the rows that were there before.
public struct SnapshotSettings: Hashable, Sendable {
    public enum Mode: String, CaseIterable, Sendable {
        case never
        /// Once, before the changes are streamed.
        case initial
        /// And nothing else: no changes are streamed.
        case snapshotOnly = "snapshot_only"
    }

    /// Whose requests for snapshots are followed that come by in the stream.
    public enum OnDemand: String, CaseIterable, Sendable {
        /// No one's.
        case off
        /// Those that are signed with ``SnapshotSettings/requestSecret``.
        case signed
        /// Those of every role that may write a logical message: by PostgreSQL's default, all of them.
        case anyone
    }

    public var mode: Mode
    /// The tables to read; empty for all that the mapping has a rule for and, but for ``Mode/snapshotOnly``, the
    /// publication sends.
    public var tables: [TableName]
    /// `queryCondition`, for tables that have none of their own.
    public var queryCondition: String?
    /// The conditions of single tables.
    public var tableConditions: [TableName: String]
    /// Rows that are read at once and marked done together.
    public var chunkSize: Int
    /// Connections that read at the same time.
    public var parallelism: Int
    /// Bytes of rows a second, of all connections together; nil for no limit.
    public var maxRate: Int?
    /// How long one transaction reads before another snapshot is taken.
    public var maxTransactionDuration: Duration
    public var onDemand: OnDemand
    /// What requests are signed with.
    public var requestSecret: Secret?

    public init(
        mode: Mode = .never, tables: [TableName] = [], queryCondition: String? = nil,
        tableConditions: [TableName: String] = [:], chunkSize: Int = 8000, parallelism: Int = 2, maxRate: Int? = nil,
        maxTransactionDuration: Duration = .seconds(3600), onDemand: OnDemand = .off, requestSecret: Secret? = nil
    ) {
        self.mode = mode
        self.tables = tables
        self.queryCondition = queryCondition
        self.tableConditions = tableConditions
        self.chunkSize = chunkSize
        self.parallelism = parallelism
        self.maxRate = maxRate
        self.maxTransactionDuration = maxTransactionDuration
        self.onDemand = onDemand
        self.requestSecret = requestSecret
    }

    /// SQL that a row must meet to be read; nil reads all.
    public func condition(of table: TableName) -> String? { tableConditions[table] ?? queryCondition }
}
