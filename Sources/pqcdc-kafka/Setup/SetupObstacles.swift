import Configuration
import Pipeline
import Postgres
import ReplicationProtocol
import RowMapping

/// What makes a setup impossible. All of it is found before the first change.
enum SetupObstacles {
    /// - Returns: nil where nothing does.
    static func find(
        _ settings: Settings, _ state: DatabaseState, _ request: SetupRequest
    ) -> SetupRefusal? {
        let problems = SourceCheck.server(state.server) + slot(state, request)
        let reasons =
            advance(state, request)
            + (request.createsOnly && state.publication != nil ? [] : tables(settings, state))
            + patterns(settings, state, request)
            + columnLists(settings, state)
            + generatedColumns(settings, state)
            + identityIndexes(settings, state, request)
            + refusedWrites(settings, state, request)
        return problems.isEmpty && reasons.isEmpty ? nil : SetupRefusal(problems, reasons: reasons)
    }

    private static func slot(_ state: DatabaseState, _ request: SetupRequest) -> [SourceProblem] {
        guard let slot = state.slot, request.createsSlot else { return [] }
        return SourceCheck.slot(slot, state.server)
            + [SourceCheck.loss(of: slot, state.server, after: nil)].compactMap { $0 }
    }

    private static func advance(_ state: DatabaseState, _ request: SetupRequest) -> [String] {
        guard request.advancesSlot, state.publication == nil, let slot = state.slot, let holder = slot.holder else {
            return []
        }
        return ["slot \"\(slot.name)\" is active for \(holder), so it cannot be advanced; stop that first"]
    }

    private static func tables(_ settings: Settings, _ state: DatabaseState) -> [String] {
        guard !settings.relations.isEmpty || !settings.mapping.patterns.isEmpty else {
            return ["the configuration names no table; add one to mapping.tables or publication.tables"]
        }
        let tables = settings.relations.compactMap { state.tables[$0] }
        let missing = settings.relations.filter { state.tables[$0] == nil }
        return missing.map { "table \"\($0)\" does not exist in database \"\(state.server.database)\"" }
            + tables.filter { $0.kind != .table && $0.kind != .partitionedTable }.map {
                "\"\($0.relation)\" is not a table, and only tables can be published"
            }
            + tables.filter { !$0.isPermanent }.map {
                "table \"\($0.relation)\" is unlogged or temporary: its changes are not in the WAL"
            }
    }

    /// A publication is made of names; one that is there already has them.
    private static func patterns(
        _ settings: Settings, _ state: DatabaseState, _ request: SetupRequest
    ) -> [String] {
        guard state.publication == nil, request.createsPublication, settings.wantedTables.isEmpty,
            !settings.mapping.patterns.isEmpty
        else { return [] }
        return [
            "mapping.tables holds only patterns, and a publication is made of tables: list them in "
                + "cdc.publication.tables, or create the publication by hand (CREATE PUBLICATION … FOR ALL TABLES)"
        ]
    }

    private static func generatedColumns(_ settings: Settings, _ state: DatabaseState) -> [String] {
        guard let wanted = settings.cdc.publication.generatedColumns, state.server.majorVersion < 18 else { return [] }
        return [
            "cdc.publication.generatedColumns: \(wanted.rawValue) needs PostgreSQL 18, and this is "
                + "\(state.server.versionText), which sends no generated column; remove it or upgrade"
        ]
    }

    private static func identityIndexes(
        _ settings: Settings, _ state: DatabaseState, _ request: SetupRequest
    ) -> [String] {
        guard request.createsPublication, !request.createsOnly || state.publication == nil else { return [] }
        return settings.cdc.publication.tables.compactMap { configured in
            guard case .index(let name)? = configured.replicaIdentity.map({ ReplicaIdentity($0) }),
                let table = state.tables[RelationName(configured.table)], table.replicaIdentity != .index(name),
                table.identityIndexes[name] == nil
            else { return nil }
            let others = table.identityIndexes.keys.sorted().map { "\"\($0)\"" }
            return
                "table \"\(table.relation)\" has no index \"\(name)\" that can be its replica identity, which must be "
                + "unique, not partial and not deferrable, of columns that are NOT NULL "
                + (others.isEmpty ? "(it has none)" : "(it has \(others.joined(separator: ", ")))")
        }
    }

    /// A setup must never be what keeps the application from writing.
    private static func refusedWrites(
        _ settings: Settings, _ state: DatabaseState, _ request: SetupRequest
    ) -> [String] {
        guard request.createsPublication, !request.createsOnly || state.publication == nil else { return [] }
        return RefusedWrites.afterSetup(settings, state).map { "\($0); \($0.remedy)" }
    }

    private static func columnLists(_ settings: Settings, _ state: DatabaseState) -> [String] {
        guard state.server.majorVersion < 15 else { return [] }
        return settings.cdc.publication.tables.filter { !$0.columns.isEmpty }.map {
            "publication.tables chooses columns of \"\($0.table)\", which PostgreSQL \(state.server.versionText) "
                + "cannot; remove the columns or upgrade to 15"
        }
    }
}
