/// Databases and connections of a server.
extension PostgresServer {
    /// Creates a database of its own for a test.
    ///
    /// Publications belong to it alone; slot names are the server's, so take them from ``UniqueName``.
    public func createDatabase(_ prefix: String = "test", named name: String? = nil) throws -> String {
        let name = name ?? UniqueName.next(prefix)
        try session().execute("CREATE DATABASE \(name)")
        return name
    }

    /// Connects, as superuser over the socket unless told otherwise.
    public func session(
        database: String = "postgres", user: String = PostgresServer.superuser, password: String? = nil
    ) throws -> SQLSession {
        try SQLSession(connectionString(user: user, database: database, password: password))
    }

    /// A libpq connection string: the superuser goes over the Unix socket, everyone else over TCP.
    public func connectionString(
        user: String = PostgresServer.superuser, database: String = "postgres", password: String? = nil
    ) -> String {
        let host = user == Self.superuser && password == nil ? socketFolder : "127.0.0.1"
        let secret = password.map { " password=\(quoted($0))" } ?? ""
        return "host=\(host) port=\(port) user=\(quoted(user)) dbname=\(quoted(database))\(secret)"
    }

    private func quoted(_ value: String) -> String {
        "'" + value.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined() + "'"
    }
}
