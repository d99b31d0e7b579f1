import Configuration
import Postgres
import RowMapping

/// Everything that the configuration speaks of, as the database has it now.
struct DatabaseState {
    var server: ServerIdentity
    /// The configuration's role; nil when there is no such role.
    var role: RoleState?
    var slot: ReplicationSlotState?
    var publication: PublicationState?
    /// The tables of the mapping and of `publication.tables`; a table that does not exist is left out.
    var tables: [RelationName: TableState]

    static func read(_ settings: Settings, on connection: Connection) throws(PostgresError) -> DatabaseState {
        var tables: [RelationName: TableState] = [:]
        for relation in settings.relations {
            tables[relation] = try TableState.read(relation, on: connection)
        }
        return DatabaseState(
            server: try ServerIdentity.read(on: connection),
            role: try RoleState.read(settings.cdc.username, on: connection),
            slot: try ReplicationSlotState.read(settings.cdc.slot.name, on: connection),
            publication: try PublicationState.read(settings.cdc.publication.name, on: connection),
            tables: tables)
    }
}

extension Settings {
    /// The tables that the file names, in the mapping or under `publication.tables`, in order.
    var relations: [RelationName] {
        let names = Array(mapping.tables.keys) + cdc.publication.tables.map(\.table)
        return Set(names.map { RelationName($0) }).sorted()
    }
}
