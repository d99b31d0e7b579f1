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
    /// The server's timeline and history; nil where the role may not ask, or the server does not tell.
    var timeline: ServerTimeline?
    /// Where a snapshot is wanted.
    var snapshot: SnapshotState?
    /// Other slots of the database, where the configuration's is missing.
    var slotNames: [String] = []
    /// The database's publications, where the configuration's is missing.
    var publicationNames: [String] = []
    /// Whether the slot holds changes of a time without the publication; nil where that is not known.
    var publicationIsYounger: Bool?
    /// Transactions that have been open for long.
    var openTransactions: [OpenTransaction] = []

    /// What the file speaks of by name.
    static func read(_ settings: Settings, on connection: Connection) throws(PostgresError) -> DatabaseState {
        var tables: [RelationName: TableState] = [:]
        for relation in settings.relations {
            tables[relation] = try TableState.read(relation, on: connection)
        }
        var state = DatabaseState(
            server: try ServerIdentity.read(on: connection),
            role: try RoleState.read(settings.cdc.username, on: connection),
            slot: settings.streams ? try ReplicationSlotState.read(settings.cdc.slot.name, on: connection) : nil,
            publication: settings.streams
                ? try PublicationState.read(settings.cdc.publication.name, on: connection) : nil,
            tables: tables)
        guard settings.streams else { return state }
        if state.slot == nil { state.slotNames = try ReplicationSlotState.names(on: connection) }
        if state.publication == nil { state.publicationNames = try PublicationState.names(on: connection) }
        return state
    }

    /// That, and what every rule comes to: the publication's tables that only a pattern names, and the tables' types.
    static func readWithShapes(
        _ settings: Settings, on connection: Connection
    ) throws(PostgresError) -> DatabaseState {
        var state = try read(settings, on: connection)
        for table in settings.mappedTables(state) where table.state == nil && table.published != nil {
            state.tables[table.relation] = try TableState.read(table.relation, on: connection)
        }
        try state.readTypes(on: connection)
        if settings.cdc.snapshot.mode != .never {
            state.snapshot = try SnapshotState.read(settings, state.publication, on: connection)
        }
        if settings.streams, let slot = state.slot, !slot.isActive, !slot.isLost, state.publication != nil,
            SourceCheck.server(state.server).isEmpty, SourceCheck.slot(slot, state.server).isEmpty
        {
            state.publicationIsYounger = try connection.publicationIsYounger(
                settings.cdc.publication.name, thanSlot: slot.name)
        }
        state.openTransactions = try OpenTransaction.read(openFor: .seconds(60), on: connection)
        return state
    }
}

extension DatabaseState {
    /// Reads the types of the tables' columns.
    mutating func readTypes(on connection: Connection) throws(PostgresError) {
        let types = tables.values.flatMap(\.columns).map(\.typeOID)
        self.types = try TypeDescription.read(Set(types.filter(TypeDescription.isUnknown)), on: connection)
    }
}

extension Settings {
    /// Whether changes are streamed, which takes a slot and a publication.
    var streams: Bool { cdc.snapshot.mode != .snapshotOnly }

    /// The tables that the file names, in the mapping or under `publication.tables`, in order.
    var relations: [RelationName] {
        let names = Array(mapping.tables.keys) + cdc.publication.tables.map(\.table)
        return Set(names.map { RelationName($0) }).sorted()
    }
}
