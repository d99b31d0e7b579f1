/// A publication as the catalog holds it.
/// <https://www.postgresql.org/docs/current/logical-replication-publication.html>
public struct PublicationState: Hashable, Sendable {
    public enum Operation: String, CaseIterable, Sendable { case insert, update, delete, truncate }

    /// <https://www.postgresql.org/docs/18/sql-createpublication.html>
    public enum GeneratedColumns: String, Sendable {
        case omitted = "none"
        case stored
    }

    public var name: String
    public var owner: String
    public var operations: Set<Operation>
    /// `FOR ALL TABLES`.
    public var allTables: Bool
    /// `publish_via_partition_root`.
    public var viaRoot: Bool
    /// `publish_generated_columns`: whether stored generated columns are sent without a column list; nil before 18.
    public var generatedColumns: GeneratedColumns?
    /// The tables that were added by name; a column list is nil where none was given.
    public var members: [PublishedTable]
    /// The schemas of `FOR TABLES IN SCHEMA`.
    public var schemas: [String]
    /// The tables whose changes it sends, under the names that it sends: with ``viaRoot`` the partitioned tables,
    /// else their partitions. Columns are always listed, except by PostgreSQL 14, which cannot leave one out.
    public var published: [PublishedTable]

    public init(
        name: String, owner: String = "postgres", operations: Set<Operation> = [.insert, .update, .delete],
        allTables: Bool = false, viaRoot: Bool = false, members: [PublishedTable] = [], schemas: [String] = [],
        published: [PublishedTable] = []
    ) {
        self.name = name
        self.owner = owner
        self.operations = operations
        self.allTables = allTables
        self.viaRoot = viaRoot
        self.members = members
        self.schemas = schemas
        self.published = published
    }

    public func published(_ relation: RelationName) -> PublishedTable? {
        published.first { $0.relation == relation }
    }

    /// The publication called `name`, or nil when there is none.
    public static func read(_ name: String, on connection: Connection) throws(PostgresError) -> PublicationState? {
        let action = "read the publication \"\(name)\""
        let literal = try connection.quoteLiteral(name)
        let result = try connection.query(
            """
            SELECT p.oid, pg_catalog.pg_get_userbyid(p.pubowner), p.puballtables, p.pubviaroot, p.pubinsert, p.pubupdate,
                p.pubdelete, p.pubtruncate, \(connection.serverVersion >= 180_000 ? "p.pubgencols" : "NULL")
            FROM pg_catalog.pg_publication p WHERE p.pubname OPERATOR(pg_catalog.=) \(literal)
            """, to: action)
        guard result.rowCount > 0 else { return nil }
        let oid = try result.text(0, 0, action)
        let operations = Operation.allCases.enumerated().filter { result.flag(0, 4 + $0.offset) }.map(\.element)
        let generated = result[0, 8].map { code -> GeneratedColumns in code == "s" ? .stored : .omitted }
        var state = PublicationState(
            name: name, owner: try result.text(0, 1, action), operations: Set(operations),
            allTables: result.flag(0, 2), viaRoot: result.flag(0, 3),
            members: try members(of: oid, on: connection, action),
            schemas: try schemas(of: oid, on: connection, action),
            published: try published(by: literal, on: connection, action))
        state.generatedColumns = generated
        return state
    }

    /// The names of the database's publications, in order; so many at most.
    public static func names(
        atMost limit: Int = 10, on connection: Connection
    ) throws(PostgresError) -> [String] {
        let result = try connection.query(
            "SELECT p.pubname FROM pg_catalog.pg_publication p ORDER BY p.pubname LIMIT \(limit)",
            to: "list the publications")
        return result.rows.compactMap { $0[0] }
    }

    /// Row filters, column lists and whole schemas came with PostgreSQL 15.
    private static func hasLists(_ connection: Connection) -> Bool { connection.serverVersion >= 150_000 }

    private static func members(
        of oid: String, on connection: Connection, _ action: String
    ) throws(PostgresError) -> [PublishedTable] {
        let lists = hasLists(connection)
        let result = try connection.query(
            """
            SELECT n.nspname, c.relname, \(lists ? "pg_catalog.pg_get_expr(r.prqual, r.prrelid)" : "NULL"), a.attname
            FROM pg_catalog.pg_publication_rel r
            JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) r.prrelid JOIN pg_catalog.pg_namespace n
                ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
                AND \(lists ? "a.attnum OPERATOR(pg_catalog.=) ANY (r.prattrs)" : "false")
            WHERE r.prpubid OPERATOR(pg_catalog.=) \(oid) ORDER BY n.nspname, c.relname, a.attnum
            """, to: action)
        var tables = try PublishedTable.fold(result, action)
        guard tables.contains(where: { $0.rowFilter != nil }) else { return tables }
        let filters = try filterColumns(of: oid, on: connection, action)
        for index in tables.indices { tables[index].filterColumns = filters[tables[index].relation] ?? [] }
        return tables
    }

    /// The columns that row filters ask for.
    private static func filterColumns(
        of oid: String, on connection: Connection, _ action: String
    ) throws(PostgresError) -> [RelationName: [String]] {
        let result = try connection.query(
            """
            SELECT n.nspname, c.relname, a.attname
            FROM pg_catalog.pg_publication_rel r
            JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) r.prrelid JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            JOIN pg_catalog.pg_depend d ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_publication_rel'::pg_catalog.regclass AND d.objid OPERATOR(pg_catalog.=) r.oid
                AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid OPERATOR(pg_catalog.=) c.oid
            JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.=) d.refobjsubid AND a.attnum OPERATOR(pg_catalog.>) 0
            WHERE r.prpubid OPERATOR(pg_catalog.=) \(oid) AND r.prqual IS NOT NULL
                AND NOT COALESCE(a.attnum OPERATOR(pg_catalog.=) ANY (r.prattrs), false)
            ORDER BY 1, 2, a.attnum
            """, to: action)
        var columns: [RelationName: [String]] = [:]
        for row in 0..<result.rowCount {
            let name = RelationName(schema: try result.text(row, 0, action), name: try result.text(row, 1, action))
            columns[name, default: []].append(try result.text(row, 2, action))
        }
        return columns
    }

    private static func schemas(
        of oid: String, on connection: Connection, _ action: String
    ) throws(PostgresError) -> [String] {
        guard hasLists(connection) else { return [] }
        let result = try connection.query(
            """
            SELECT n.nspname FROM pg_catalog.pg_publication_namespace p JOIN pg_catalog.pg_namespace n
                ON n.oid OPERATOR(pg_catalog.=) p.pnnspid
            WHERE p.pnpubid OPERATOR(pg_catalog.=) \(oid) ORDER BY 1
            """, to: action)
        return result.rows.compactMap { $0[0] }
    }

    private static func published(
        by name: String, on connection: Connection, _ action: String
    ) throws(PostgresError) -> [PublishedTable] {
        let lists = hasLists(connection)
        let result = try connection.query(
            """
            SELECT t.schemaname, t.tablename, \(lists ? "t.rowfilter" : "NULL"), \(lists ? "k.name" : "NULL")
            FROM pg_catalog.pg_publication_tables t
            \(lists ? "LEFT JOIN LATERAL pg_catalog.unnest(t.attnames) WITH ORDINALITY k(name, n) ON true" : "")
            WHERE t.pubname OPERATOR(pg_catalog.=) \(name) ORDER BY t.schemaname, t.tablename\(lists ? ", k.n" : "")
            """, to: action)
        return try PublishedTable.fold(result, action)
    }
}
