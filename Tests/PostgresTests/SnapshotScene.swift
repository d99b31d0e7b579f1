import Postgres
import ReplicationProtocol
import TestSupport

/// Tables of a database of one test's own, read as a snapshot reads them.
struct SnapshotScene {
    let database: TestDatabase

    /// - Parameter schema: also makes what is published; the role may read all tables of it.
    init(_ schema: String) throws {
        database = try TestDatabase(schema)
        try database.sql.execute(
            """
            DO $$ DECLARE s text; BEGIN
                FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$' LOOP
                    EXECUTE format('GRANT USAGE ON SCHEMA %I TO \(database.role)', s);
                    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO \(database.role)', s);
                END LOOP; END $$
            """)
    }

    func tables(_ name: String, schema: String = "public", publication: String? = nil) throws -> [SnapshotTable] {
        let connection = try Connection(database.parameters)
        let relation = RelationName(schema: schema, name: name)
        var published: PublishedTable?
        if let publication {
            guard let state = try PublicationState.read(publication, on: connection)?.published(relation) else {
                throw HarnessError("\(relation) is not published by \(publication)")
            }
            published = state
        }
        guard let tables = try SnapshotTable.read(relation, published: published, on: connection) else {
            throw HarnessError("there is no \(relation)")
        }
        return tables
    }

    /// All rows of `tables` as one snapshot sees them, each as its values, in the order of the texts.
    func rows(
        _ tables: [SnapshotTable], condition: String? = nil, importing snapshot: String? = nil
    ) throws -> [[String?]] {
        let reader = try SnapshotConnection(database.parameters)
        try reader.begin(importing: snapshot)
        var rows: [[String?]] = []
        for table in tables {
            rows += try Self.rows(of: table, pages: 0..<max(table.pages, 1), condition: condition, on: reader)
        }
        try reader.end()
        return rows.sorted { "\($0)" < "\($1)" }
    }

    static func rows(
        of table: SnapshotTable, pages: Range<UInt32>, condition: String? = nil, on reader: SnapshotConnection
    ) throws -> [[String?]] {
        let statement = table.copyStatement(pages: pages, condition: condition, reader.connection.quoting)
        var copy = try reader.copy(statement, to: "read table \"\(table.leaf)\"")
        var row = CopyRow()
        var rows: [[String?]] = []
        while let line = try copy.next() {
            try row.decode(line, columns: table.relation.columns.count)
            var values: [String?] = []
            for index in 0..<row.tuples.new.count {
                let slice = row.tuples.new[index]
                values.append(slice.kind == .null ? nil : String(decoding: line[slice.range], as: UTF8.self))
            }
            rows.append(values)
        }
        return rows
    }
}
