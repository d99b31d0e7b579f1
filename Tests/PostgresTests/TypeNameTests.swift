import Postgres
import ReplicationProtocol
import TestSupport
import Testing

@Suite struct TypeNameTests {
    /// With the schema of those that are not built in, whatever the role's search_path.
    @Test func typesAreNamedAsSQLWritesThemInTheOrderOfTheQuestion() throws {
        let database = try TestDatabase("CREATE DOMAIN price AS numeric(10,2)")
        let domain = try #require(try database.sql.value("SELECT 'price'::regtype::oid").flatMap(UInt32.init))
        let connection = try Connection(database.parameters)
        let types: [(UInt32, Int32)] = [
            (1043, 24), (23, -1), (domain, -1), (1700, 655_366), (1007, -1), (4_000_000_000, -1),
        ]
        #expect(
            try connection.typeNames(types.map { (type: OID(rawValue: $0.0), modifier: $0.1) }) == [
                "character varying(20)", "integer", "public.price", "numeric(10,2)", "integer[]", "???",
            ])
        #expect(try connection.typeNames([]).isEmpty)
    }
}
