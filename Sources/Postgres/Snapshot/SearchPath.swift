/// Where the names in a condition of the configuration are looked for: the `search_path` that its role has at the server,
/// by ALTER ROLE, ALTER DATABASE or the server's own files. Our own statements are run with none.
public struct SearchPath: Hashable, Sendable {
    private let setting: String

    /// Asks for it on a connection of its own, since `connection` has another.
    public static func read(ofRoleOf connection: Connection) throws(PostgresError) -> SearchPath {
        let action = "read the role's search_path"
        let other = try Connection(connection.parameters.withSearchPathOfRole, interruptedBy: connection.wakeup)
        let result = try other.query("SELECT pg_catalog.current_setting('search_path')", to: action)
        return SearchPath(setting: try result.text(try result.onlyRow(action), 0, action))
    }

    /// What puts it in force until the transaction ends.
    ///
    /// `pg_catalog` stays the first, as it is wherever a setting does not say otherwise: a schema that is searched before
    /// it could put its own operators in the place of the built-in ones.
    func statement(_ quoting: SQLQuoting) -> String {
        Self.statement(quoting.literal(setting.isEmpty ? "pg_catalog" : "pg_catalog, \(setting)"))
    }

    /// What takes it back within the transaction.
    static let resetStatement = statement("''")

    private static func statement(_ literal: String) -> String {
        "SELECT pg_catalog.set_config('search_path', \(literal), true)"
    }
}
