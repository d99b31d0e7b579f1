import Configuration
import Postgres
import ReplicationProtocol
import RowMapping

/// A table that a snapshot is asked for while changes are streamed, with all that decides whether it can be taken.
struct RequestedTable {
    let name: RelationName
    let server: ServerIdentity
    let slot: ReplicationSlotState?
    let publication: PublicationState?
    /// nil where there is no such table.
    let table: TableState?
    let snapshot: SnapshotState.Table

    static func read(
        _ name: RelationName, _ settings: Settings, on connection: Connection
    ) throws(PostgresError) -> RequestedTable {
        let publication = try PublicationState.read(settings.cdc.publication.name, on: connection)
        return RequestedTable(
            name: name, server: try ServerIdentity.read(on: connection),
            slot: try ReplicationSlotState.read(settings.cdc.slot.name, on: connection), publication: publication,
            table: try TableState.read(name, on: connection),
            snapshot: try SnapshotState.read(
                name, published: publication?.published(name), condition: nil, on: connection))
    }
}
