public import ReplicationProtocol

extension Connection {
    /// The primary key's columns in the key's order; empty when the relation has none or no longer exists.
    ///
    /// Needs no privilege on the table, and works on a replication connection that is not streaming.
    public func primaryKey(of oid: OID) throws(PostgresError) -> [String] {
        try keyIndexes(of: oid).primaryKey
    }

    /// The indexes that `REPLICA IDENTITY USING INDEX` takes, each with its columns: unique, not partial, not deferrable, of
    /// columns only, and none of these may be NULL.
    /// <https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY>
    func identityIndexes(of oid: OID) throws(PostgresError) -> [String: [String]] {
        let action = "read the indexes of relation \(oid)"
        let result = try query(
            """
            SELECT c.relname, a.attname, a.attnotnull
            FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) x.indexrelid
            CROSS JOIN LATERAL pg_catalog.unnest(x.indkey) WITH ORDINALITY k(attnum, n)
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) x.indrelid
                AND a.attnum OPERATOR(pg_catalog.=) k.attnum AND k.attnum OPERATOR(pg_catalog.>) 0
            WHERE x.indrelid OPERATOR(pg_catalog.=) \(oid) AND x.indisvalid AND x.indisunique AND x.indimmediate
                AND x.indpred IS NULL AND k.n OPERATOR(pg_catalog.<=) x.indnkeyatts
            ORDER BY c.relname, k.n
            """, to: action)
        var indexes: [String: [String]] = [:]
        var unfit: Set<String> = []
        for row in 0..<result.rowCount {
            let name = try result.text(row, 0, action)
            guard let column = result[row, 1], result.flag(row, 2) else {
                unfit.insert(name)
                continue
            }
            indexes[name, default: []].append(column)
        }
        return indexes.filter { !unfit.contains($0.key) }
    }

    struct KeyIndexes {
        var primaryKey: [String] = []
        /// A deferrable key cannot serve as replica identity.
        var primaryKeyIsDeferrable = false
        /// The columns of the index that `REPLICA IDENTITY USING INDEX` names.
        var replicaIdentity: [String] = []
    }

    func keyIndexes(of oid: OID) throws(PostgresError) -> KeyIndexes {
        let action = "read the primary key of relation \(oid)"
        // An index may carry columns that are not its key (INCLUDE); they come last in indkey.
        let result = try query(
            """
            SELECT x.indisprimary, x.indisreplident, x.indimmediate, a.attname
            FROM pg_catalog.pg_index x CROSS JOIN LATERAL pg_catalog.unnest(x.indkey) WITH ORDINALITY k(attnum, n)
            JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) x.indrelid
                AND a.attnum OPERATOR(pg_catalog.=) k.attnum
            WHERE x.indrelid OPERATOR(pg_catalog.=) \(oid) AND x.indisvalid AND (x.indisprimary OR x.indisreplident)
                AND k.n OPERATOR(pg_catalog.<=) x.indnkeyatts
            ORDER BY x.indexrelid, k.n
            """, to: action)
        var keys = KeyIndexes()
        for row in 0..<result.rowCount {
            let column = try result.text(row, 3, action)
            if result.flag(row, 0) {
                keys.primaryKey.append(column)
                keys.primaryKeyIsDeferrable = !result.flag(row, 2)
            }
            if result.flag(row, 1) { keys.replicaIdentity.append(column) }
        }
        return keys
    }
}
