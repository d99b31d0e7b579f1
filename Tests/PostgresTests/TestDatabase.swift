import Postgres
import TestSupport

/// A database of one test's own, with a role that streams and reads what it is granted.
struct TestDatabase {
    let name: String
    let role = UniqueName.next("role")
    /// The superuser's session.
    let sql: SQLSession
    private let server: PostgresServer
    private static let password = "s3cret"

    init(_ schema: String) throws {
        server = try PostgresServer.shared
        name = try server.createDatabase()
        sql = try server.session(database: name)
        try sql.execute("CREATE USER \(role) WITH REPLICATION LOGIN PASSWORD '\(Self.password)'")
        try sql.execute(schema)
    }

    /// How the role logs in.
    var parameters: ConnectionParameters {
        ConnectionParameters([
            ("host", "127.0.0.1"), ("port", "\(server.port)"), ("dbname", name), ("user", role),
            ("password", Self.password),
        ])
    }

    func grant(_ tables: String...) throws {
        for table in tables { try sql.execute("GRANT SELECT ON \(table) TO \(role)") }
    }
}
