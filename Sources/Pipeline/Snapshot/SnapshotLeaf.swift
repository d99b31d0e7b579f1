public import ReplicationProtocol
public import RowMapping

/// A table that holds rows itself, as a snapshot reads it.
public struct SnapshotLeaf: Hashable, Sendable {
    /// The table that is read; a partition where a partitioned table is published as a whole.
    public var table: TableName
    public var oid: OID
    /// The file with its rows: with another one, pages are not what they were.
    public var fileNode: OID
    /// Its rows as the stream describes them.
    public var relation: Relation
    /// Counted after the snapshot was taken, which therefore sees no row behind them.
    public var pages: UInt32
    /// An estimate; nil where there is none.
    public var estimatedRows: Int?
    public var byteCount: Int
    /// The publication's condition on its rows, in SQL.
    public var rowFilter: String?

    public init(
        table: TableName, oid: OID, fileNode: OID, relation: Relation, pages: UInt32, estimatedRows: Int?,
        byteCount: Int
    ) {
        self.table = table
        self.oid = oid
        self.fileNode = fileNode
        self.relation = relation
        self.pages = pages
        self.estimatedRows = estimatedRows
        self.byteCount = byteCount
    }

    /// The name under which its rows are sent.
    public var name: TableName { TableName(schema: relation.schema, name: relation.name) }

    /// Pages that hold about `rows` rows, and no more than about `bytes` with their large values; at least one.
    public func pages(holding rows: Int, bytes: Int = .max) -> UInt32 {
        guard let estimatedRows, estimatedRows > 0, pages > 0 else {
            // Not known: some 100 rows a page, as narrow ones have.
            return UInt32(clamping: max(rows / 100, 1))
        }
        let share = min(Double(rows) / Double(estimatedRows), Double(bytes) / Double(max(byteCount, 1)))
        return UInt32(max(min(share * Double(pages), Double(UInt32.max)), 1))
    }
}
