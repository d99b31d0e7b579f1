/// What decides whether a relation's changes can be published: read for many relations at once, where ``TableState`` asks
/// for each.
public struct RelationFacts: Hashable, Sendable {
    public var kind: TableState.Kind
    /// Neither `UNLOGGED` nor `TEMPORARY`.
    public var isPermanent: Bool
    /// The topmost partitioned table, where this is a partition.
    public var partitionRoot: RelationName?
    /// Its partitions whose changes are in no WAL: unlogged ones, and foreign tables.
    public var unsentPartitions: [RelationName]
    /// Its leaves, where they were asked for.
    public var partitions: [RelationName] = []

    public init(
        kind: TableState.Kind = .table, isPermanent: Bool = true, partitionRoot: RelationName? = nil,
        unsentPartitions: [RelationName] = []
    ) {
        self.kind = kind
        self.isPermanent = isPermanent
        self.partitionRoot = partitionRoot
        self.unsentPartitions = unsentPartitions
    }

    public init(_ table: TableState) {
        self.init(
            kind: table.kind, isPermanent: table.isPermanent, partitionRoot: table.partitionRoot,
            unsentPartitions: table.partitions.filter { !$0.isSent }.map(\.relation))
        partitions = table.partitions.map(\.relation)
    }

    /// Those of `names` that exist.
    public static func read(
        _ names: [RelationName], on connection: Connection
    ) throws(PostgresError) -> [RelationName: RelationFacts] {
        guard !names.isEmpty else { return [:] }
        let action = "look for the mapped tables"
        var list: [String] = []
        for name in names {
            list.append("(\(try connection.quoteLiteral(name.schema)), \(try connection.quoteLiteral(name.name)))")
        }
        let result = try connection.query(
            """
            SELECT n.nspname, c.relname, c.relkind, c.relpersistence OPERATOR(pg_catalog.=) 'p', rn.nspname, r.relname, ln.nspname, l.relname
            FROM (VALUES \(list.joined(separator: ", "))) w (schema, name)
            JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.=) w.schema
            JOIN pg_catalog.pg_class c ON c.relnamespace OPERATOR(pg_catalog.=) n.oid AND c.relname OPERATOR(pg_catalog.=) w.name
            LEFT JOIN pg_catalog.pg_class r ON c.relispartition AND r.oid OPERATOR(pg_catalog.=) pg_catalog.pg_partition_root(c.oid)
            LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid OPERATOR(pg_catalog.=) r.relnamespace
            LEFT JOIN pg_catalog.pg_class l ON c.relkind OPERATOR(pg_catalog.=) 'p' AND l.relispartition AND (l.relkind OPERATOR(pg_catalog.=) 'r' OR l.relkind OPERATOR(pg_catalog.=) 'f')
                AND (l.relpersistence OPERATOR(pg_catalog.<>) 'p' OR l.relkind OPERATOR(pg_catalog.=) 'f')
                AND EXISTS (SELECT FROM pg_catalog.pg_partition_ancestors(l.oid) a WHERE a.relid OPERATOR(pg_catalog.=) c.oid)
            LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid OPERATOR(pg_catalog.=) l.relnamespace
            WHERE c.relkind OPERATOR(pg_catalog.<>) ALL ('{i,I,t}'::pg_catalog."char"[])
            """, to: action)
        var facts: [RelationName: RelationFacts] = [:]
        for row in 0..<result.rowCount {
            let name = RelationName(
                schema: try result.text(row, 0, action), name: try result.text(row, 1, action))
            var found =
                facts[name]
                ?? RelationFacts(
                    kind: result[row, 2].flatMap(TableState.Kind.init) ?? .other, isPermanent: result.flag(row, 3))
            if let schema = result[row, 4], let root = result[row, 5] {
                found.partitionRoot = RelationName(schema: schema, name: root)
            }
            if let schema = result[row, 6], let leaf = result[row, 7] {
                found.unsentPartitions.append(RelationName(schema: schema, name: leaf))
            }
            facts[name] = found
        }
        return facts
    }
}
