/// How to reach and log in to a server: libpq's keywords and values.
/// <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS>
public struct ConnectionParameters: Sendable {
    private var keywords: [(keyword: String, value: String)]
    /// Hears of the server's notices, on the connection's thread; nil forgets them.
    public var onNotice: (@Sendable (ServerNotice) -> Void)?
    /// Whether names are looked for in no schema but `pg_catalog`; see ``session``.
    private(set) var pinsSearchPath = true

    /// - Parameter keywords: libpq's; an empty value leaves libpq's default (environment, service file, `.pgpass`).
    public init(_ keywords: [(keyword: String, value: String)]) { self.keywords = keywords }

    /// The same server, as a walsender connection that also understands SQL.
    public var forReplication: ConnectionParameters {
        var copy = self
        copy.keywords.append(("replication", "database"))
        return copy
    }

    /// The same server, as an ordinary connection.
    var withoutReplication: ConnectionParameters {
        var copy = self
        copy.keywords.removeAll { $0.keyword == "replication" }
        return copy
    }

    /// The same server with the `search_path` that the role has there. For one question: what it is.
    var withSearchPathOfRole: ConnectionParameters {
        var copy = withoutReplication
        copy.pinsSearchPath = false
        return copy
    }

    /// The same server with other keywords; a later value wins over an earlier one.
    public func with(_ others: [(keyword: String, value: String)]) -> ConnectionParameters {
        var copy = self
        copy.keywords.append(contentsOf: others)
        return copy
    }

    public subscript(keyword: String) -> String? { keywords.last { $0.keyword == keyword }?.value }

    /// `host:port/database as user`, for messages. Never the password.
    public var summary: String {
        "\(self["host"] ?? "(default host)"):\(self["port"] ?? "5432")/\(self["dbname"] ?? "(default database)")"
            + " as \(self["user"] ?? "(default user)")"
    }

    var resolved: [(keyword: String, value: String)] {
        // libpq takes the last of equal keywords, but an empty one would hide an earlier value.
        keywords.filter { !$0.value.isEmpty } + [
            ("client_encoding", "UTF8"), ("options", options), ("fallback_application_name", "pqcdc-kafka"),
        ]
    }

    /// In the start-up packet, so that they hold from the first statement on, and before what ALTER ROLE or ALTER DATABASE
    /// has set.
    private var options: String {
        settings.map { "-c \($0.name)=\($0.value)" }.joined(separator: " ")
    }

    /// The first statement of each session: the same settings again, for poolers that leave out the start-up packet's
    /// (PgBouncer's `ignore_startup_parameters = options`). Every name in it is qualified, so that it is safe itself.
    var firstStatement: String {
        let all = [("client_encoding", "UTF8")] + settings
        return "SELECT "
            + all.map { "pg_catalog.set_config('\($0.name)', '\($0.value)', false)" }.joined(separator: ", ")
    }

    private var settings: [(name: String, value: String)] {
        Self.session + (pinsSearchPath ? [("search_path", "")] : [])
    }

    /// Settings that make the text of every value independent of the server's, the database's and the role's own, and SQL
    /// mean what it says.
    ///
    /// With an empty `search_path` names are looked for in `pg_catalog` alone: an owner of a schema that is searched could
    /// otherwise put functions and operators there that are preferred to the built-in ones, and run with our rights
    /// (CVE-2018-1058). Values of `regclass` and its like are printed with their schema then.
    private static let session: [(name: String, value: String)] = [
        ("TimeZone", "UTC"),
        ("DateStyle", "ISO"),
        ("IntervalStyle", "postgres"),
        ("bytea_output", "hex"),
        ("extra_float_digits", "3"),
        ("standard_conforming_strings", "on"),
        // In the text of `regclass` and of types.
        ("quote_all_identifiers", "off"),
        // Whoever has a role set to `debug5` would send us more messages than rows.
        ("client_min_messages", "warning"),
    ]
}
