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

    /// What the role needs for a snapshot, which nobody grants by the way: it lets it read the tables. nil where no
    /// snapshot is wanted, or the role may read everything.
    static func selectAdvice(_ settings: Settings, _ state: DatabaseState, _ quoting: SQLQuoting) -> String? {
        guard settings.cdc.snapshot.mode != .never, state.role?.isSuperuser != true else { return nil }
        var tables = settings.snapshotTables(state.publication)
        if tables.isEmpty { tables = settings.wantedTables.map(\.relation) }
        guard !tables.isEmpty else { return nil }
        return
            "the snapshot (cdc.snapshot.mode: \(settings.cdc.snapshot.mode.rawValue)) reads tables; what it may not read "
            + "validate --online names. " + SnapshotFindings.grant(tables, settings.cdc.username, quoting)
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
