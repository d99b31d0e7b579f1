import Configuration
import Postgres

/// `--create-role`: the configuration's role, with exactly what streaming needs and nothing to read tables with.
enum RolePlan {
    static func make(
        _ settings: Settings, _ state: DatabaseState, _ request: SetupRequest, _ quoting: SQLQuoting
    ) -> SetupPart {
        let name = settings.cdc.username
        let role = quoting.identifier(name)
        let database = quoting.identifier(state.server.database)
        let grant = SetupStep(
            "let role \"\(name)\" connect to database \"\(state.server.database)\"",
            "GRANT CONNECT ON DATABASE \(database) TO \(role)",
            undo: "REVOKE CONNECT ON DATABASE \(database) FROM \(role)")
        guard let existing = state.role else {
            return SetupPart(steps: [create(settings, request, role), grant])
        }
        var part = SetupPart()
        var attributes: [String] = []
        if !existing.canLogin { attributes.append("LOGIN") }
        if !existing.canReplicate { attributes.append("REPLICATION") }
        if !attributes.isEmpty {
            part.steps.append(
                SetupStep(
                    "give role \"\(name)\" \(attributes.joined(separator: " and "))",
                    "ALTER ROLE \(role) WITH \(attributes.joined(separator: " "))",
                    undo: "ALTER ROLE \(role) WITH \(attributes.map { "NO\($0)" }.joined(separator: " "))"))
        }
        if !existing.canConnect { part.steps.append(grant) }
        part.notes.append("role \"\(name)\" exists: its password is left as it is")
        return part
    }

    private static func create(_ settings: Settings, _ request: SetupRequest, _ role: String) -> SetupStep {
        let attributes = "CREATE ROLE \(role) WITH LOGIN REPLICATION"
        let statement =
            settings.cdc.password == nil
            ? SetupStatement(attributes)
            : SetupStatement(attributes + " PASSWORD ", endingWith: request.passwordLiteral)
        return SetupStep(
            "create the role \"\(settings.cdc.username)\"", statement, undo: "DROP ROLE \(role)")
    }
}
