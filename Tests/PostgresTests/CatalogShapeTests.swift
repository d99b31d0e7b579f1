import Postgres
import ReplicationProtocol
import RowMapping
import TestSupport
import Testing

@testable import pqcdc_kafka

/// What `validate` makes of the catalog is what the stream will say.
@Suite struct CatalogShapeTests {
    private static let schema = """
        CREATE DOMAIN price AS numeric(10,2);
        CREATE TABLE plain (id int PRIMARY KEY, name varchar(20), amount price, tags text[]);
        CREATE TABLE computed (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED, name text);
        ALTER TABLE computed REPLICA IDENTITY FULL;
        CREATE TABLE indexed (id int PRIMARY KEY, gone int, code text NOT NULL);
        ALTER TABLE indexed DROP COLUMN gone;
        CREATE UNIQUE INDEX codes ON indexed (code); ALTER TABLE indexed REPLICA IDENTITY USING INDEX codes;
        CREATE TABLE keyless (id int, name text);
        CREATE TABLE deferred (id int PRIMARY KEY DEFERRABLE, name text);
        CREATE TABLE parted (id int PRIMARY KEY, name text) PARTITION BY RANGE (id);
        CREATE TABLE leaf PARTITION OF parted FOR VALUES FROM (0) TO (9);
        CREATE TABLE listed (id int PRIMARY KEY, secret text, name text);
        INSERT INTO plain VALUES (0); INSERT INTO computed VALUES (0)
        """

    /// The relations that the stream describes, by name, after a row in each table.
    private func streamed(
        _ database: TestDatabase, _ tables: [String], _ connection: Connection
    ) throws -> [String: Relation] {
        let slot = UniqueName.next("slot")
        try connection.query("CREATE_REPLICATION_SLOT \(slot) TEMPORARY LOGICAL pgoutput", to: "make a slot")
        for table in tables { try database.sql.execute("INSERT INTO \(table) (id) VALUES (1)") }
        let stream = try ReplicationStream(
            on: connection, slot: slot, publications: ["p"], from: .zero, messages: false)
        var relations: [String: Relation] = [:]
        var chunk = WALChunk(capacity: 1 << 16)
        var tuples = ChangeTuples()
        try eventually(within: .seconds(10), "every table's description") {
            _ = try stream.receive(into: &chunk, limit: 1 << 20)
            for frame in 0..<chunk.frameCount {
                try chunk.withFrame(frame) { bytes in
                    let start = StreamFrame.walDataHeaderLength
                    guard case .walData = try StreamFrame(decoding: bytes),
                        case .relation(let relation) = try WALMessage(decoding: bytes, from: start, into: &tuples)
                    else { return }
                    relations[relation.name] = relation
                }
            }
            // A partition is described too, although its changes come under its root's name.
            return tables.allSatisfy { relations[$0] != nil }
        }
        return relations
    }

    @Test func theShapeOfTheCatalogIsTheStreams() throws {
        let database = try TestDatabase(
            Self.schema + ";"
                + """
                ALTER TABLE indexed ALTER code SET DEFAULT 'c';
                CREATE PUBLICATION p FOR TABLE plain, computed, indexed, keyless, deferred, parted, listed (id, name)
                WITH (publish_via_partition_root = true)
                """)
        let tables = ["plain", "computed", "indexed", "keyless", "deferred", "parted", "listed"]
        let relations = try streamed(database, tables, Connection(database.parameters.forReplication))
        let connection = try Connection(database.parameters)
        let publication = try #require(try PublicationState.read("p", on: connection))
        for table in tables {
            let name = RelationName(schema: "public", name: table)
            let state = try #require(try TableState.read(name, on: connection))
            let shape = Relation(
                state, published: publication.published(name), majorVersion: connection.serverVersion / 10_000)
            #expect(shape == relations[table])
        }
    }

    @Test func whatTheRoleMayReadIsReadColumnByColumn() throws {
        let database = try TestDatabase(
            """
            CREATE TABLE docs (id int PRIMARY KEY, secret text, body text);
            ALTER TABLE docs ENABLE ROW LEVEL SECURITY; CREATE TABLE open (id int)
            """)
        try database.sql.execute("GRANT SELECT (id, body) ON docs TO \(database.role)")
        try database.grant("open")
        let connection = try Connection(database.parameters)
        let docs = try #require(try TableState.read(RelationName(schema: "public", name: "docs"), on: connection))
        #expect(docs.columns.map(\.isReadable) == [true, false, true] && !docs.isReadable && docs.hidesRows)
        let open = try #require(try TableState.read(RelationName(schema: "public", name: "open"), on: connection))
        #expect(open.columns.map(\.isReadable) == [true] && open.isReadable && !open.hidesRows)
    }
}
