/// A table in a publication, with what the publication leaves out of it.
public struct PublishedTable: Hashable, Sendable {
    public var relation: RelationName
    /// The columns that are published; nil when the publication does not choose.
    public var columns: [String]?
    /// The condition of its `WHERE`, as the server prints it.
    public var rowFilter: String?
    /// The columns that it asks for, where they were read.
    public var filterColumns: [String] = []

    public init(_ relation: RelationName, columns: [String]? = nil, rowFilter: String? = nil) {
        self.relation = relation
        self.columns = columns
        self.rowFilter = rowFilter
    }

    /// Folds rows of (schema, table, row filter, column), ordered by table, into one value for each table.
    static func fold(_ result: QueryResult, _ action: String) throws(PostgresError) -> [PublishedTable] {
        var tables: [PublishedTable] = []
        for row in 0..<result.rowCount {
            let relation = RelationName(
                schema: try result.text(row, 0, action), name: try result.text(row, 1, action))
            if tables.last?.relation != relation { tables.append(PublishedTable(relation, rowFilter: result[row, 2])) }
            guard let column = result[row, 3] else { continue }
            tables[tables.count - 1].columns = (tables[tables.count - 1].columns ?? []) + [column]
        }
        return tables
    }
}
