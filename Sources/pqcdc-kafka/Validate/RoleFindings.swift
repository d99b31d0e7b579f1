import Configuration
import Pipeline
import Postgres
import RowMapping

/// The role's attributes and privileges: what streaming needs, and what a snapshot would.
enum RoleFindings {
    static func evaluate(_ settings: Settings, _ state: DatabaseState, _ quoting: SQLQuoting) -> [Finding] {
        let name = settings.cdc.username
        let role = quoting.identifier(name)
        guard let present = state.role else {
            return [
                .error(
                    "role \"\(name)\" does not exist",
                    mend: "pqcdc-kafka setup --create-role --username postgres --config FILE", .permission)
            ]
        }
        var findings: [Finding] = []
        if !present.canLogin {
            findings.append(.error("role \"\(name)\" may not log in", mend: "ALTER ROLE \(role) LOGIN;", .permission))
        }
        if !present.canReplicate {
            findings.append(
                .error(
                    "role \"\(name)\" lacks REPLICATION, so it may not stream",
                    mend: "ALTER ROLE \(role) REPLICATION; (on Amazon RDS: GRANT rds_replication TO \(role);)",
                    .permission))
        }
        if !present.canConnect {
            let database = quoting.identifier(state.server.database)
            findings.append(
                .error(
                    "role \"\(name)\" may not connect to database \"\(state.server.database)\"",
                    mend: "GRANT CONNECT ON DATABASE \(database) TO \(role);", .permission))
        }
        if present.isSuperuser {
            findings.append(
                .note(
                    "role \"\(name)\" is a superuser; streaming needs no more than LOGIN and REPLICATION",
                    mend: "CREATE ROLE cdc_user LOGIN REPLICATION; and use it as cdc.username"))
        }
        if settings.cdc.heartbeatInterval != nil, !present.canEmitMessages {
            findings.append(
                .warning(
                    "role \"\(name)\" may not execute pg_logical_emit_message, so no heartbeat is written "
                        + "(cdc.heartbeat.interval); streaming goes on without",
                    mend: "\(Heartbeat.grant(to: role, serverVersion: state.server.version));"))
        }
        findings += createPrivilege(settings, state, present, quoting)
        let tables = settings.mappedTables(state)
        findings += tables.flatMap { reselecting($0, name, role, quoting) }
        // Where a snapshot is wanted, what it cannot read is an error of its own.
        if settings.cdc.snapshot.mode == .never {
            findings += unreadable(tables.filter { !needsReading($0) }, name, quoting)
        }
        return findings
    }

    /// `createIfNotExists` makes the publication as this role.
    private static func createPrivilege(
        _ settings: Settings, _ state: DatabaseState, _ role: RoleState, _ quoting: SQLQuoting
    ) -> [Finding] {
        guard settings.cdc.publication.createIfNotExists, state.publication == nil, !role.isSuperuser else { return [] }
        let owned = settings.wantedTables.allSatisfy { state.tables[$0.relation]?.owner == role.name }
        guard !role.canCreate || !owned else { return [] }
        return [
            .error(
                "publication.createIfNotExists: role \"\(role.name)\" cannot create the publication, for which it would "
                    + "have to own its tables and to have CREATE on the database",
                mend: "pqcdc-kafka setup --username postgres --config FILE", .permission)
        ]
    }

    /// Whether the daemon itself will read rows of the table.
    private static func needsReading(_ table: MappedTable) -> Bool {
        table.rule.unchangedTOAST == .reselect && !table.unsentColumns.isEmpty
    }

    /// `unchangedToast: reselect` reads large values by the row's identity.
    private static func reselecting(
        _ table: MappedTable, _ name: String, _ role: String, _ quoting: SQLQuoting
    ) -> [Finding] {
        guard needsReading(table), let state = table.state else { return [] }
        let columns = Set(table.unsentColumns.map(\.name) + state.replicaIdentityColumns)
        let unreadable = state.columns.filter { columns.contains($0.name) && !$0.isReadable }.map(\.name)
        if !unreadable.isEmpty {
            return [
                .error(
                    "role \"\(name)\" cannot read \(unreadable.map { "\"\($0)\"" }.joined(separator: ", ")) of table "
                        + "\"\(table.name)\", as unchangedToast: reselect does",
                    mend: SnapshotFindings.grant([state.relation], name, quoting), .permission)
            ]
        }
        guard state.hidesRows else { return [] }
        return [
            .error(
                "row-level security may hide rows of table \"\(table.name)\" from role \"\(name)\", and unchangedToast: "
                    + "reselect reads no table that hides some",
                mend: "ALTER ROLE \(role) BYPASSRLS;", .permission)
        ]
    }

    private static func unreadable(
        _ mapped: [MappedTable], _ name: String, _ quoting: SQLQuoting
    ) -> [Finding] {
        let tables = mapped.compactMap(\.state).filter { !$0.isReadable }
        guard !tables.isEmpty else { return [] }
        return [
            .note(
                "role \"\(name)\" cannot read \(tables.map { "\"\($0.relation)\"" }.joined(separator: ", ")): streaming "
                    + "does not need it, a snapshot does",
                mend: SnapshotFindings.grant(tables.map(\.relation), name, quoting))
        ]
    }
}
