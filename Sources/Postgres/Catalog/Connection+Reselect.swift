extension Connection {
    /// The texts that `columns` hold now in the one row of `relation` with that key; an element is nil for NULL.
    ///
    /// Needs SELECT on the columns, on the key's too, and a session in which row-level security hides nothing.
    ///
    /// - Parameter key: each column and the text that the server prints for its value.
    /// - Returns: nil where no row has the key any more, and where the table or one of the columns is gone or renamed.
    /// - Throws: `cardinality_violation` where several have it, since which of them is meant cannot be known.
    public func reselect(
        _ columns: [String], of relation: RelationName, where key: [(column: String, value: [UInt8])]
    ) throws(PostgresError) -> [[UInt8]?]? {
        precondition(!columns.isEmpty && !key.isEmpty, "a value is asked for by a key")
        // No text of PostgreSQL's holds a NUL, which would end the argument early and name another row.
        guard !key.contains(where: { $0.value.contains(0) }) else { return nil }
        let action = "read unchanged values of table \"\(relation)\""
        let result: QueryResult
        do throws(PostgresError) {
            result = try query(reselection(columns, relation, key.map(\.column)), texts: key.map(\.value), to: action)
        } catch {
            // The change is older than the table's present shape.
            if let state = error.sqlState, Self.undefined.contains(state) { return nil }
            throw error
        }
        guard result.rowCount > 0 else { return nil }
        guard result.columnCount == columns.count else {
            throw PostgresError(
                .unexpectedAnswer, action: action, reason: "the server answered \(result.columnCount) columns")
        }
        guard result.rowCount == 1 else {
            throw PostgresError(
                .refused, action: action, reason: "more than one row has the record's key", sqlState: "21000")
        }
        return columns.indices.map { result.bytes(0, $0) }
    }

    /// `undefined_table`, `undefined_column` and `invalid_schema_name`.
    private static let undefined: Set<String> = ["42P01", "42703", "3F000"]

    private func reselection(_ columns: [String], _ relation: RelationName, _ key: [String]) -> String {
        let quoting = quoting
        let table = quoting.relation(relation)
        let conditions = key.enumerated().map { "\(quoting.identifier($1)) = $\($0 + 1)" }.joined(separator: " AND ")
        let list = columns.map(quoting.identifier).joined(separator: ", ")
        // Tables that inherit from this one have rows and changes of their own; a partitioned table has its partitions'.
        // `tableoid` would tell them apart as well, but SELECT on some columns does not include it.
        return """
            SELECT \(list) FROM ONLY \(table) WHERE \(conditions)
            UNION ALL
            SELECT \(list) FROM \(table) WHERE \(conditions)
                AND (SELECT relkind = 'p' FROM pg_catalog.pg_class WHERE oid = \(quoting.literal(table))::regclass)
            LIMIT 2
            """
    }
}
