import Configuration
import Postgres
import ReplicationProtocol
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
    /// The types of their columns that are not built in.
    var types: [OID: TypeDescription] = [:]

    /// What the file speaks of by name.
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

    /// That, and what every rule comes to: the publication's tables that only a pattern names, and the tables' types.
    static func readWithShapes(
        _ settings: Settings, on connection: Connection
    ) throws(PostgresError) -> DatabaseState {
        var state = try read(settings, on: connection)
        for table in settings.mappedTables(state) where table.state == nil && table.published != nil {
            state.tables[table.relation] = try TableState.read(table.relation, on: connection)
        }
        let types = state.tables.values.flatMap(\.columns).map(\.typeOID)
        state.types = try TypeDescription.read(Set(types.filter(TypeDescription.isUnknown)), on: connection)
        return state
    }
}

extension Settings {
    /// The tables that the file names, in the mapping or under `publication.tables`, in order.
    var relations: [RelationName] {
        let names = Array(mapping.tables.keys) + cdc.publication.tables.map(\.table)
        return Set(names.map { RelationName($0) }).sorted()
    }
}
