/// A role's attributes, and what it may do in the connected database.
public struct RoleState: Hashable, Sendable {
    public var name: String
    public var isSuperuser: Bool
    public var canLogin: Bool
    /// The attribute `REPLICATION`, or what a managed service grants in its place (Amazon's `rds_replication`).
    public var canReplicate: Bool
    /// `CONNECT` on the database.
    public var canConnect: Bool
    /// `CREATE` on the database, which a publication's owner needs.
    public var canCreate: Bool

    /// `EXECUTE` on `pg_logical_emit_message(…, text)`, which heartbeats need.
    public var canEmitMessages: Bool

    public init(
        name: String, isSuperuser: Bool = false, canLogin: Bool = true, canReplicate: Bool = true,
        canConnect: Bool = true, canCreate: Bool = false, canEmitMessages: Bool = true
    ) {
        self.name = name
        self.isSuperuser = isSuperuser
        self.canLogin = canLogin
        self.canReplicate = canReplicate
        self.canConnect = canConnect
        self.canCreate = canCreate
        self.canEmitMessages = canEmitMessages
    }

    /// The role called `name`, or nil when there is none; the session's own without a name.
    public static func read(
        _ name: String? = nil, on connection: Connection
    ) throws(PostgresError) -> RoleState? {
        let action = name.map { "read the role \"\($0)\"" } ?? "read the session's role"
        let which = if let name { try connection.quoteLiteral(name) } else { "current_user" }
        let result = try connection.query(
            """
            SELECT r.rolname, r.rolsuper, r.rolcanlogin,
                r.rolsuper OR r.rolreplication OR EXISTS (
                    SELECT FROM pg_catalog.pg_roles g WHERE g.rolname OPERATOR(pg_catalog.=) 'rds_replication'
                        AND pg_catalog.pg_has_role(r.oid, g.oid, 'MEMBER')),
                pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CONNECT'),
                pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CREATE'),
                (SELECT pg_catalog.bool_and(pg_catalog.has_function_privilege(r.oid, p.oid, 'EXECUTE'))
                    FROM pg_catalog.pg_proc p
                    WHERE p.proname OPERATOR(pg_catalog.=) 'pg_logical_emit_message'
                        AND p.pronamespace OPERATOR(pg_catalog.=) 'pg_catalog'::pg_catalog.regnamespace
                        AND p.proargtypes[2] OPERATOR(pg_catalog.=) 'text'::pg_catalog.regtype)
            FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) \(which)
            """, to: action)
        guard result.rowCount > 0 else { return nil }
        return RoleState(
            name: try result.text(0, 0, action), isSuperuser: result.flag(0, 1), canLogin: result.flag(0, 2),
            canReplicate: result.flag(0, 3), canConnect: result.flag(0, 4), canCreate: result.flag(0, 5),
            canEmitMessages: result.flag(0, 6))
    }
}
