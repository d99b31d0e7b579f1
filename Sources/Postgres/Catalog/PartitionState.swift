/// A leaf partition. What its changes carry is decided by its own replica identity, not by the partitioned table's.
public struct PartitionState: Hashable, Sendable {
    public var relation: RelationName
    public var replicaIdentity: ReplicaIdentity
    /// Whether its changes are in the WAL: it is neither unlogged nor a foreign table.
    public var isSent: Bool

    public init(_ relation: RelationName, replicaIdentity: ReplicaIdentity = .default, isSent: Bool = true) {
        self.relation = relation
        self.replicaIdentity = replicaIdentity
        self.isSent = isSent
    }

    static func read(leavesOf oid: String, on connection: Connection) throws(PostgresError) -> [PartitionState] {
        let action = "read the partitions of relation \(oid)"
        let result = try connection.query(
            """
            SELECT n.nspname, c.relname, c.relreplident,
                (SELECT i.relname FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i
                    ON i.oid OPERATOR(pg_catalog.=) x.indexrelid
                 WHERE x.indrelid OPERATOR(pg_catalog.=) c.oid AND x.indisreplident),
                c.relpersistence OPERATOR(pg_catalog.=) 'p' AND c.relkind OPERATOR(pg_catalog.<>) 'f'
            FROM pg_catalog.pg_partition_tree(\(oid)) t JOIN pg_catalog.pg_class c
                ON c.oid OPERATOR(pg_catalog.=) t.relid
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            WHERE t.isleaf ORDER BY 1, 2
            """, to: action)
        var leaves: [PartitionState] = []
        for row in 0..<result.rowCount {
            leaves.append(
                PartitionState(
                    RelationName(
                        schema: try result.text(row, 0, action), name: try result.text(row, 1, action)),
                    replicaIdentity: ReplicaIdentity(code: result[row, 2], index: result[row, 3]) ?? .nothing,
                    isSent: result.flag(row, 4)))
        }
        return leaves
    }
}
