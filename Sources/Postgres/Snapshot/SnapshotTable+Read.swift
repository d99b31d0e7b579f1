internal import ReplicationProtocol

extension SnapshotTable {
    /// The tables that hold the rows of `relation`: itself, or the leaf partitions of a partitioned table.
    ///
    /// - Parameters:
    ///   - published: what the publication sends of it, under this name; nil reads all columns and rows, without
    ///     generated columns.
    /// - Returns: nil where there is no such relation; empty for a partitioned table without partitions.
    public static func read(
        _ relation: RelationName, published: PublishedTable?, on connection: Connection
    ) throws(PostgresError) -> [SnapshotTable]? {
        guard let table = try TableState.read(relation, on: connection) else { return nil }
        let description = Relation(
            table, published: published ?? PublishedTable(relation), majorVersion: connection.serverVersion / 10_000)
        let action = "read the size of table \"\(relation)\""
        let quoting = connection.quoting
        // `ctid` is a column too, which SELECT on some columns does not include.
        let columns = (["ctid"] + description.columns.map(\.name)).map(quoting.literal).joined(separator: ", ")
        // A partitioned table is its own tree's root; any other relation is a tree of itself only when it is none.
        let result = try connection.query(
            """
            SELECT n.nspname, c.relname, c.oid, c.relkind, c.reltuples, c.relpages,
                pg_catalog.pg_relation_size(c.oid)
                    OPERATOR(pg_catalog./) pg_catalog.current_setting('block_size')::bigint,
                pg_catalog.pg_relation_size(c.oid) OPERATOR(pg_catalog.+) coalesce(pg_catalog.pg_relation_size(
                    CASE WHEN c.reltoastrelid OPERATOR(pg_catalog.<>) 0 THEN c.reltoastrelid END), 0),
                pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                    AND (pg_catalog.has_table_privilege(c.oid, 'SELECT') OR NOT EXISTS (
                    SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid
                        AND a.attname OPERATOR(pg_catalog.=) ANY (ARRAY[\(columns)]::pg_catalog.name[])
                        AND NOT pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'))),
                pg_catalog.row_security_active(c.oid), coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)
            FROM (SELECT \(table.oid)::pg_catalog.oid AS oid WHERE \(table.kind != .partitionedTable)
                  UNION ALL SELECT relid FROM pg_catalog.pg_partition_tree(\(table.oid)) WHERE isleaf) t
            JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) t.oid JOIN pg_catalog.pg_namespace n
                ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            WHERE c.relkind OPERATOR(pg_catalog.<>) 'p'
            GROUP BY n.oid, n.nspname, c.oid, c.relname, c.relkind, c.reltuples, c.relpages, c.reltoastrelid
            ORDER BY 1, 2
            """, to: action)
        var tables: [SnapshotTable] = []
        for row in 0..<result.rowCount {
            // Sums of many tables must not overflow, whatever the server says of each.
            let pages = min(max(result.number(row, 6) ?? 0, 0), Int(UInt32.max))
            let byteCount = min(max(result.number(row, 7) ?? 0, 0), 1 << 48)
            tables.append(
                SnapshotTable(
                    relation: description,
                    leaf: RelationName(
                        schema: try result.text(row, 0, action), name: try result.text(row, 1, action)),
                    leafOID: try result.oid(row, 2, action),
                    kind: result[row, 3].flatMap(TableState.Kind.init) ?? .other, isReadable: result.flag(row, 8),
                    hidesRows: result.flag(row, 9), primaryKey: table.primaryKey, rowFilter: published?.rowFilter,
                    fileNode: try result.oid(row, 10, action),
                    pages: UInt32(clamping: pages), byteCount: byteCount,
                    estimatedRows: estimate(
                        rows: result[row, 4].flatMap { Double($0) }, pages: result.number(row, 5), now: pages)))
        }
        return tables
    }

    /// The planner's own estimate: the density at the last VACUUM or ANALYZE, in the pages of now.
    static func estimate(rows: Double?, pages: Int?, now: Int) -> Int? {
        guard let rows, rows >= 0, let pages, pages > 0 else { return now == 0 ? 0 : nil }
        // A double beyond Int's range traps when it is converted.
        return Int(exactly: min(rows / Double(pages) * Double(now), 1e15).rounded())
    }
}
