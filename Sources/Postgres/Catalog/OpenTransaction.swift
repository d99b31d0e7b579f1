/// A transaction that is open, or only prepared: what a new slot, a snapshot or a lock may have to wait for.
public struct OpenTransaction: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        case session(pid: Int, application: String?, state: String?)
        /// `PREPARE TRANSACTION`, which outlives its session and the server.
        case prepared(gid: String)
    }

    public var kind: Kind
    public var role: String?
    public var database: String?
    /// Since it began, or was prepared; nil where this role may not see it.
    public var age: Duration?

    public init(_ kind: Kind, role: String? = nil, database: String? = nil, age: Duration? = nil) {
        self.kind = kind
        self.role = role
        self.database = database
        self.age = age
    }

    public var isPrepared: Bool { if case .prepared = kind { true } else { false } }

    /// `PID 4711 (application "psql", role "postgres", database "shop", idle in transaction, open for 62 s)`. Never the
    /// statement, which may hold values.
    public var description: String {
        var facts: [String] = []
        let name: String
        switch kind {
        case .session(let pid, let application, let state):
            name = "PID \(pid)"
            if let application, !application.isEmpty { facts.append("application \"\(application)\"") }
            facts += place
            if let state { facts.append(state) }
        case .prepared(let gid):
            name = "prepared transaction '\(gid)'"
            facts += place
        }
        if let age { facts.append("\(isPrepared ? "prepared" : "open") for \(age.components.seconds) s") }
        return facts.isEmpty ? name : "\(name) (\(facts.joined(separator: ", ")))"
    }

    private var place: [String] {
        [role.map { "role \"\($0)\"" }, database.map { "database \"\($0)\"" }].compactMap { $0 }
    }

    /// What ends it.
    public func remedy(_ quoting: SQLQuoting) -> String {
        switch kind {
        case .session(let pid, _, _): "end it in its application, or: SELECT pg_terminate_backend(\(pid));"
        case .prepared(let gid):
            "in database \(quoting.identifier(database ?? "")): COMMIT PREPARED \(quoting.literal(gid)); or ROLLBACK PREPARED "
                + "\(quoting.literal(gid));"
        }
    }

    /// Those that the session `pid` waits for, or will have to: what blocks it now, and, since a new slot waits for one
    /// transaction after another, all that were open when it began to wait. The oldest come first, ten at most.
    public static func blocking(
        _ pid: Int, waiting: Duration, on connection: Connection
    ) throws(PostgresError) -> [OpenTransaction] {
        let began = Self.ago(waiting)
        return try read(
            session: """
                a.pid OPERATOR(pg_catalog.=) ANY (pg_catalog.pg_blocking_pids(\(pid)))
                    OR (a.backend_xid IS NOT NULL AND COALESCE(a.xact_start OPERATOR(pg_catalog.<) \(began), true)
                        AND \(waitsForXID(pid)))
                """,
            prepared: "0 OPERATOR(pg_catalog.=) ANY (pg_catalog.pg_blocking_pids(\(pid))) OR \(waitsForXID(pid))",
            besides: [pid, connection.backendPID],
            on: connection)
    }

    /// Those that have been open for `age` at least.
    public static func read(
        openFor age: Duration, on connection: Connection
    ) throws(PostgresError) -> [OpenTransaction] {
        let began = Self.ago(age)
        return try read(
            session: "a.backend_xid IS NOT NULL AND a.xact_start OPERATOR(pg_catalog.<) \(began)",
            prepared: "p.prepared OPERATOR(pg_catalog.<) \(began)",
            besides: [connection.backendPID], on: connection)
    }

    /// As a new slot does, until transactions have ended that were running.
    private static func waitsForXID(_ pid: Int) -> String {
        """
        EXISTS (SELECT FROM pg_catalog.pg_locks w WHERE w.pid OPERATOR(pg_catalog.=) \(pid) AND NOT w.granted
            AND w.locktype OPERATOR(pg_catalog.=) 'transactionid')
        """
    }

    /// The moment before the server's present one, as SQL.
    private static func ago(_ duration: Duration) -> String {
        "(pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) '\(duration.components.seconds) seconds'::interval)"
    }

    private static func read(
        session: String, prepared: String, besides pids: [Int], on connection: Connection
    ) throws(PostgresError) -> [OpenTransaction] {
        let action = "list the open transactions"
        let result = try connection.query(
            """
            SELECT * FROM (
                SELECT NULL AS gid, a.pid, a.application_name, a.state, a.usename::pg_catalog.text AS role,
                    a.datname::pg_catalog.text AS db,
                    extract(epoch
                        FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) a.xact_start)::bigint AS seconds
                FROM pg_catalog.pg_stat_activity a
                WHERE (\(session))
                    AND a.pid OPERATOR(pg_catalog.<>) ALL ('{\(pids.map(String.init).joined(separator: ","))}')
                UNION ALL
                SELECT p.gid, NULL, NULL, NULL, p.owner::pg_catalog.text, p.database::pg_catalog.text,
                    extract(epoch FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) p.prepared)::bigint
                FROM pg_catalog.pg_prepared_xacts p WHERE \(prepared)) t
            ORDER BY seconds DESC NULLS LAST LIMIT 10
            """, to: action)
        return (0..<result.rowCount).map { row in
            let kind: Kind =
                if let gid = result[row, 0] {
                    .prepared(gid: gid)
                } else {
                    .session(
                        pid: result.number(row, 1) ?? 0, application: result[row, 2], state: result[row, 3])
                }
            return OpenTransaction(
                kind, role: result[row, 4], database: result[row, 5],
                age: result.number(row, 6).map { .seconds(max(0, $0)) })
        }
    }
}
