import Configuration
import Postgres
import ReplicationProtocol
import RowMapping

/// What makes a setup impossible. All of it is found before the first change.
enum SetupObstacles {
    static func find(
        _ settings: Settings, _ state: DatabaseState, _ request: SetupRequest, _ quoting: SQLQuoting
    ) -> [String] {
        server(state) + slot(settings, state, request, quoting)
            + (request.createsOnly && state.publication != nil ? [] : tables(settings, state))
            + patterns(settings, state, request)
            + columnLists(settings, state)
    }

    private static func server(_ state: DatabaseState) -> [String] {
        guard ServerFindings.supported.lowerBound <= state.server.majorVersion else {
            return ["PostgreSQL \(state.server.versionText) is not supported; upgrade it to 14 or later"]
        }
        guard state.server.walLevel == "logical" else {
            return [
                "wal_level is \(state.server.walLevel); run ALTER SYSTEM SET wal_level = 'logical'; "
                    + "and restart the server"
            ]
        }
        return []
    }

    private static func slot(
        _ settings: Settings, _ state: DatabaseState, _ request: SetupRequest, _ quoting: SQLQuoting
    ) -> [String] {
        guard let slot = state.slot, request.createsSlot else { return [] }
        let drop = "SELECT pg_drop_replication_slot(\(quoting.literal(slot.name)));"
        if !slot.isLogical {
            return ["slot \"\(slot.name)\" is a physical replication slot; choose another slot.name"]
        }
        if slot.plugin != "pgoutput" {
            return [
                "slot \"\(slot.name)\" decodes with \(slot.plugin ?? "no plugin"), not pgoutput; choose another "
                    + "slot.name, or drop it: \(drop)"
            ]
        }
        if slot.database != state.server.database {
            return [
                "slot \"\(slot.name)\" belongs to database \"\(slot.database ?? "")\", not to "
                    + "\"\(state.server.database)\"; choose another slot.name"
            ]
        }
        if slot.isLost {
            let lsn = slot.confirmedFlush.map { " after \($0)" } ?? ""
            return [
                "slot \"\(slot.name)\" has lost WAL that it needs: the changes\(lsn) are gone; drop it and run setup "
                    + "again: \(drop)"
            ]
        }
        if request.advancesSlot, state.publication == nil, let holder = slot.holder {
            return ["slot \"\(slot.name)\" is active for \(holder), so it cannot be advanced; stop that first"]
        }
        return []
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

    private static func columnLists(_ settings: Settings, _ state: DatabaseState) -> [String] {
        guard state.server.majorVersion < 15 else { return [] }
        return settings.cdc.publication.tables.filter { !$0.columns.isEmpty }.map {
            "publication.tables chooses columns of \"\($0.table)\", which PostgreSQL \(state.server.versionText) "
                + "cannot; remove the columns or upgrade to 15"
        }
    }
}
