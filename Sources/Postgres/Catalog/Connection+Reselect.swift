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
        let names = key.map(\.column)
        let values = key.map(\.value)
        do throws(PostgresError) {
            do throws(PostgresError) {
                result = try query(reselection(columns, relation, names), texts: values, to: action)
            } catch {
                // undefined_function: a key of an extension's type has an equality of its own.
                guard error.sqlState == "42883" else { throw error }
                let operators = try equality(of: names, in: relation, action)
                result = try query(reselection(columns, relation, names, operators), texts: values, to: action)
            }
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

    /// The operators, qualified, by which the primary key's index finds its columns, by column.
    private func equality(
        of columns: [String], in relation: RelationName, _ action: String
    ) throws(PostgresError) -> [String: String] {
        let table = quoting.literal(quoting.relation(relation))
        let result = try query(
            """
            SELECT a.attname, n.nspname, o.oprname
            FROM pg_catalog.pg_index x
                CROSS JOIN LATERAL pg_catalog.unnest(x.indkey::pg_catalog.int2[], x.indclass::pg_catalog.oid[])
                    k(attnum, opclass)
                JOIN pg_catalog.pg_attribute a
                    ON a.attrelid OPERATOR(pg_catalog.=) x.indrelid AND a.attnum OPERATOR(pg_catalog.=) k.attnum
                JOIN pg_catalog.pg_opclass c ON c.oid OPERATOR(pg_catalog.=) k.opclass
                JOIN pg_catalog.pg_amop m
                    ON m.amopfamily OPERATOR(pg_catalog.=) c.opcfamily
                    AND m.amoplefttype OPERATOR(pg_catalog.=) c.opcintype
                    AND m.amoprighttype OPERATOR(pg_catalog.=) c.opcintype
                    AND m.amopstrategy OPERATOR(pg_catalog.=) 3
                JOIN pg_catalog.pg_operator o ON o.oid OPERATOR(pg_catalog.=) m.amopopr
                JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) o.oprnamespace
            WHERE x.indrelid OPERATOR(pg_catalog.=) \(table)::pg_catalog.regclass AND x.indisunique AND x.indisvalid
            ORDER BY x.indisprimary
            """, to: action)
        var operators: [String: String] = [:]
        for row in 0..<result.rowCount {
            let schema = quoting.identifier(try result.text(row, 1, action))
            // An operator's name is of signs alone, and never quoted.
            operators[try result.text(row, 0, action)] = "OPERATOR(\(schema).\(try result.text(row, 2, action)))"
        }
        return operators
    }

    private func reselection(
        _ columns: [String], _ relation: RelationName, _ key: [String], _ operators: [String: String] = [:]
    ) -> String {
        let quoting = quoting
        let table = quoting.relation(relation)
        let conditions = key.enumerated().map { index, column in
            "\(quoting.identifier(column)) \(operators[column] ?? "OPERATOR(pg_catalog.=)") $\(index + 1)"
        }.joined(separator: " AND ")
        let list = columns.map(quoting.identifier).joined(separator: ", ")
        // Tables that inherit from this one have rows and changes of their own; a partitioned table has its partitions'.
        // `tableoid` would tell them apart as well, but SELECT on some columns does not include it.
        return """
            SELECT \(list) FROM ONLY \(table) WHERE \(conditions)
            UNION ALL
            SELECT \(list) FROM \(table) WHERE \(conditions)
                AND (SELECT relkind OPERATOR(pg_catalog.=) 'p' FROM pg_catalog.pg_class
                    WHERE oid OPERATOR(pg_catalog.=) \(quoting.literal(table))::pg_catalog.regclass)
            LIMIT 2
            """
    }
}
