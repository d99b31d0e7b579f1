/// How to reach and log in to a server: libpq's keywords and values.
/// <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS>
public struct ConnectionParameters: Sendable {
    private var keywords: [(keyword: String, value: String)]

    /// - Parameter keywords: libpq's; an empty value leaves libpq's default (environment, service file, `.pgpass`).
    public init(_ keywords: [(keyword: String, value: String)]) { self.keywords = keywords }

    /// The same server, as a walsender connection that also understands SQL.
    public var forReplication: ConnectionParameters {
        var copy = self
        copy.keywords.append(("replication", "database"))
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
        keywords.filter { !$0.value.isEmpty } + Self.session
    }

    /// Settings that make the text of every value independent of the server's, the database's and the role's own. Each
    /// session begins with them, and ``Connection/restoreSettings()`` sets them anew.
    static let settings: [(name: String, value: String)] = [
        ("TimeZone", "UTC"), ("DateStyle", "ISO"), ("IntervalStyle", "postgres"), ("bytea_output", "hex"),
        ("extra_float_digits", "3"), ("standard_conforming_strings", "on"),
    ]

    private static let session: [(keyword: String, value: String)] = [
        ("client_encoding", "UTF8"),
        ("options", settings.map { "-c \($0.name)=\($0.value)" }.joined(separator: " ")),
        ("fallback_application_name", "pqcdc-kafka"),
    ]
}
