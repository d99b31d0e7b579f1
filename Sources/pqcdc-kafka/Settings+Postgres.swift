import Configuration
import Postgres
import RowMapping

extension Settings {
    /// How to log in as the configuration's own role.
    var connectionParameters: ConnectionParameters {
        connectionParameters(user: cdc.username, password: cdc.password)
    }

    /// How to log in as another role at the same server and database.
    ///
    /// - Parameters:
    ///   - user: nil leaves it to libpq (`PGUSER`).
    ///   - password: nil leaves it to libpq (`PGPASSWORD`, `.pgpass`).
    func connectionParameters(user: String?, password: Secret?) -> ConnectionParameters {
        var parameters = ConnectionParameters([
            ("host", cdc.host),
            ("port", String(cdc.port)),
            ("user", user ?? ""),
            ("password", password?.reveal() ?? ""),
            ("dbname", cdc.database),
            ("sslmode", cdc.sslMode ?? ""),
            ("sslrootcert", cdc.sslRootCert ?? ""),
            ("sslcert", cdc.sslCert ?? ""),
            ("sslkey", cdc.sslKey ?? ""),
            // Slots may also live on a standby, so nothing is asked of the session; it also keeps an inherited
            // PGTARGETSESSIONATTRS out.
            ("target_session_attrs", "any"),
            ("connect_timeout", "10"),
            // A peer that vanished is noticed after 30 s + 3 × 10 s, and as soon when bytes of ours are on the way.
            ("keepalives", "1"),
            ("keepalives_idle", "30"),
            ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "60000"),
        ])
        parameters.onNotice = { ServerNoticeLog.shared.take($0) }
        return parameters
    }
}

extension RelationName {
    init(_ table: TableName) { self.init(schema: table.schema, name: table.name) }
}

extension TableName {
    init(_ relation: RelationName) { self.init(schema: relation.schema, name: relation.name) }
}

extension ReplicaIdentity {
    init(_ wanted: PublicationSettings.ReplicaIdentity) {
        switch wanted {
        case .default: self = .default
        case .full: self = .full
        case .nothing: self = .nothing
        case .index(let name): self = .index(name)
        }
    }
}

extension PublicationState.Operation {
    init(_ operation: PublicationSettings.Operation) {
        switch operation {
        case .insert: self = .insert
        case .update: self = .update
        case .delete: self = .delete
        case .truncate: self = .truncate
        }
    }
}
