internal import ReplicationProtocol

extension TableState {
    /// The relation called `relation`, or nil when there is none.
    public static func read(
        _ relation: RelationName, on connection: Connection
    ) throws(PostgresError) -> TableState? {
        let action = "read the table \"\(relation)\""
        let result = try connection.query(
            """
            SELECT c.oid, c.relkind, c.relpersistence
                OPERATOR(pg_catalog.=) 'p', pg_catalog.pg_get_userbyid(c.relowner),
                pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'),
                rn.nspname, r.relname, c.relreplident,
                (SELECT i.relname FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i
                    ON i.oid OPERATOR(pg_catalog.=) x.indexrelid
                 WHERE x.indrelid OPERATOR(pg_catalog.=) c.oid AND x.indisreplident),
                pg_catalog.row_security_active(c.oid)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            LEFT JOIN pg_catalog.pg_class r ON c.relispartition
                AND r.oid OPERATOR(pg_catalog.=) pg_catalog.pg_partition_root(c.oid)
            LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid OPERATOR(pg_catalog.=) r.relnamespace
            WHERE n.nspname OPERATOR(pg_catalog.=) \(connection.quoteLiteral(relation.schema))
                AND c.relname OPERATOR(pg_catalog.=) \(connection.quoteLiteral(relation.name))
            """, to: action)
        guard result.rowCount > 0, let oidText = result[0, 0], let oid = UInt32(oidText) else { return nil }
        let kind = result[0, 1].flatMap(Kind.init) ?? .other
        let identity = ReplicaIdentity(code: result[0, 7], index: result[0, 8]) ?? .nothing
        let columns = try readColumns(of: oidText, on: connection, action)
        let keys = try connection.keyIndexes(of: OID(rawValue: oid))
        let carried: [String] =
            switch identity {
            case .default: keys.primaryKeyIsDeferrable ? [] : keys.primaryKey
            case .full: columns.map(\.name)
            case .nothing: []
            case .index: keys.replicaIdentity
            }
        var root: RelationName?
        if let schema = result[0, 5], let name = result[0, 6] { root = RelationName(schema: schema, name: name) }
        var state = TableState(
            oid: OID(rawValue: oid), relation: relation, kind: kind, isPermanent: result.flag(0, 2),
            owner: try result.text(0, 3, action), isReadable: result.flag(0, 4), hidesRows: result.flag(0, 9),
            partitionRoot: root,
            partitions: kind == .partitionedTable
                ? try PartitionState.read(leavesOf: oidText, on: connection) : [],
            columns: columns, primaryKey: keys.primaryKey, replicaIdentity: identity,
            replicaIdentityColumns: carried)
        state.identityIndexes = try connection.identityIndexes(of: state.oid)
        return state
    }

    private static func readColumns(
        of oid: String, on connection: Connection, _ action: String
    ) throws(PostgresError) -> [ColumnState] {
        // A table whose rows always fit a page has no TOAST table, whatever its columns' storage. A partitioned
        // table never has one itself. Storage `main` (numeric) leaves the row only as a last resort.
        let result = try connection.query(
            """
            SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated
                OPERATOR(pg_catalog.<>) '',
                (a.attstorage OPERATOR(pg_catalog.=) 'x' OR a.attstorage OPERATOR(pg_catalog.=) 'e')
                    AND (c.reltoastrelid OPERATOR(pg_catalog.<>) 0 OR c.relkind OPERATOR(pg_catalog.=) 'p'),
                a.atttypid, a.atttypmod,
                pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE')
                    AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'),
                a.attgenerated OPERATOR(pg_catalog.=) 'v'
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid
            WHERE a.attrelid OPERATOR(pg_catalog.=) \(oid) AND a.attnum OPERATOR(pg_catalog.>) 0
                AND NOT a.attisdropped ORDER BY a.attnum
            """, to: action)
        var columns: [ColumnState] = []
        for row in 0..<result.rowCount {
            var column = ColumnState(
                try result.text(row, 0, action), type: try result.text(row, 1, action),
                typeOID: try result.oid(row, 5, action), typeModifier: result[row, 6].flatMap { Int32($0) } ?? -1,
                isNotNull: result.flag(row, 2), isGenerated: result.flag(row, 3),
                isToastable: result.flag(row, 4), isReadable: result.flag(row, 7))
            column.isVirtual = result.flag(row, 8)
            columns.append(column)
        }
        return columns
    }
}
