public import ReplicationProtocol

/// A table that holds rows itself, so no partitioned one, with all that reading it for a snapshot takes.
public struct SnapshotTable: Hashable, Sendable {
    /// The rows as pgoutput describes them. With `publish_via_partition_root` this is the published partitioned table's
    /// description, whose partition this is.
    public var relation: Relation
    /// The table that is read.
    public var leaf: RelationName
    public var leafOID: OID
    public var kind: TableState.Kind
    /// `SELECT` on all columns of ``relation`` and on `ctid`, and `USAGE` on the schema, for the role that asked.
    public var isReadable: Bool
    /// Whether row-level security may hide rows from the role that asked.
    public var hidesRows: Bool
    /// In the key's order; empty without a primary key.
    public var primaryKey: [String]
    /// The publication's `WHERE`, as the server prints it.
    public var rowFilter: String?
    /// The file that holds the rows. VACUUM FULL, CLUSTER, TRUNCATE and some ALTER TABLE give it another number, and
    /// then no page is what it was before.
    public var fileNode: OID
    /// The main fork's pages when this was read. A snapshot that was taken before sees no row behind them.
    public var pages: UInt32
    /// Bytes of the main fork and of TOAST.
    public var byteCount: Int
    /// By the last VACUUM or ANALYZE and the size now; nil where there was none.
    public var estimatedRows: Int?

    /// The name under which its rows are sent.
    public var name: RelationName { RelationName(schema: relation.schema, name: relation.name) }

    public init(
        relation: Relation, leaf: RelationName, leafOID: OID, kind: TableState.Kind = .table, isReadable: Bool = true,
        hidesRows: Bool = false, primaryKey: [String], rowFilter: String? = nil, fileNode: OID, pages: UInt32,
        byteCount: Int,
        estimatedRows: Int?
    ) {
        self.relation = relation
        self.leaf = leaf
        self.leafOID = leafOID
        self.kind = kind
        self.isReadable = isReadable
        self.hidesRows = hidesRows
        self.primaryKey = primaryKey
        self.rowFilter = rowFilter
        self.fileNode = fileNode
        self.pages = pages
        self.byteCount = byteCount
        self.estimatedRows = estimatedRows
    }

    /// The statement that reads the rows of some pages, in the order of these.
    ///
    /// - Parameters:
    ///   - pages: an upper bound beyond the table's end reads to its end.
    ///   - condition: SQL of the configuration or of a request; rows for which it is not true are left out.
    public func copyStatement(
        pages: Range<UInt32>, condition: String? = nil, _ quoting: SQLQuoting
    ) -> String {
        Self.copyStatement(
            leaf, columns: relation.columns.map(\.name), pages: pages,
            conditions: [rowFilter, condition].compactMap { $0 }, quoting)
    }

    /// See ``copyStatement(pages:condition:_:)``.
    ///
    /// - Parameters:
    ///   - withTupleIDs: whether each row's `ctid` comes first, which costs the server a third more for narrow rows.
    ///   - item: the first of the first page that is read.
    ///   - limit: how many rows are read at most; nil reads all.
    public static func copyStatement(
        _ leaf: RelationName, columns: [String], withTupleIDs: Bool = false, pages: Range<UInt32>,
        from item: UInt16 = 0, conditions: [String], limit: Int? = nil, _ quoting: SQLQuoting
    ) -> String {
        let columns = ((withTupleIDs ? ["ctid"] : []) + columns.map(quoting.identifier)).joined(separator: ", ")
        // On lines of their own, so that a comment at a condition's end ends there. IS TRUE changes nothing but what the
        // planner may do with it: it could choose an index of the condition's, or join with what its subquery returns,
        // and rows would come in that one's order.
        let rest = conditions.map { "\nAND (\n\($0)\n) IS TRUE" }.joined() + (limit.map { "\nLIMIT \($0)" } ?? "")
        return """
            COPY (SELECT \(columns) FROM ONLY \(quoting.relation(leaf))
            WHERE ctid OPERATOR(pg_catalog.>=) '(\(pages.lowerBound),\(item))'
                AND ctid OPERATOR(pg_catalog.<) '(\(pages.upperBound),0)'\(rest)) TO STDOUT
            """
    }
}
