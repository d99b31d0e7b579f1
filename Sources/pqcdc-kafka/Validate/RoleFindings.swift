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
        findings += createPrivilege(settings, state, present, quoting)
        findings += unreadable(settings, state, role, quoting)
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

    private static func unreadable(
        _ settings: Settings, _ state: DatabaseState, _ role: String, _ quoting: SQLQuoting
    ) -> [Finding] {
        let tables = settings.mapping.tables.keys.sorted().compactMap { state.tables[RelationName($0)] }
            .filter { !$0.isReadable }
        guard !tables.isEmpty else { return [] }
        let schemas = Set(tables.map(\.relation.schema)).sorted().map(quoting.identifier).joined(separator: ", ")
        let names = tables.map { quoting.relation($0.relation) }.joined(separator: ", ")
        return [
            .note(
                "role \"\(settings.cdc.username)\" cannot read "
                    + tables.map { "\"\($0.relation)\"" }.joined(separator: ", ")
                    + ": streaming does not need it, a snapshot does",
                mend: "GRANT USAGE ON SCHEMA \(schemas) TO \(role); GRANT SELECT ON \(names) TO \(role);")
        ]
    }
}
