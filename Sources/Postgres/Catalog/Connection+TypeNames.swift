public import ReplicationProtocol

extension Connection {
    /// The types' names with their modifiers, as SQL writes them, in the order of `types`: `character varying(20)`.
    ///
    /// Needs no privilege, and works on a replication connection that is not streaming. A type that no longer exists
    /// is `???`, PostgreSQL's own word for it.
    public func typeNames(_ types: [(type: OID, modifier: Int32)]) throws(PostgresError) -> [String] {
        guard !types.isEmpty else { return [] }
        let action = "read the names of types"
        let rows = types.enumerated().map { "(\($0), \($1.type)::pg_catalog.oid, \($1.modifier))" }.joined(
            separator: ", ")
        let result = try query(
            "SELECT pg_catalog.format_type(t, m) FROM (VALUES \(rows)) AS v (n, t, m) ORDER BY n", to: action)
        guard result.rowCount == types.count else {
            throw PostgresError(
                .unexpectedAnswer, action: action, reason: "the server answered \(result.rowCount) rows")
        }
        var names: [String] = []
        for row in types.indices { names.append(try result.text(row, 0, action)) }
        return names
    }
}
