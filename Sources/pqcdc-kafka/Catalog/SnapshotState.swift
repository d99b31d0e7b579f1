import Configuration
import Postgres
import RowMapping

/// What the database has of the tables that a snapshot is to read.
struct SnapshotState {
    struct Table {
        let name: RelationName
        /// The tables that hold its rows; nil where there is no such table.
        let leaves: [SnapshotTable]?
        /// What the server has against its condition.
        let conditionProblem: String?
    }

    var tables: [Table]
    var capacity: ReplicationCapacity

    static func read(
        _ settings: Settings, _ publication: PublicationState?, on connection: Connection
    ) throws(PostgresError) -> SnapshotState {
        var tables: [Table] = []
        let names = settings.snapshotTables(publication)
        let hasCondition = names.contains { settings.cdc.snapshot.condition(of: TableName($0)) != nil }
        let searchPath = hasCondition ? try SearchPath.read(ofRoleOf: connection) : nil
        for name in names {
            tables.append(
                try read(
                    name, published: publication?.published(name),
                    condition: settings.cdc.snapshot.condition(of: TableName(name)), searchPath: searchPath,
                    on: connection))
        }
        return SnapshotState(tables: tables, capacity: try ReplicationCapacity.read(on: connection))
    }

    static func read(
        _ name: RelationName, published: PublishedTable?, condition: String?, searchPath: SearchPath? = nil,
        on connection: Connection
    ) throws(PostgresError) -> Table {
        let leaves = try SnapshotTable.read(name, published: published, on: connection)
        // SQL of the configuration, and of nowhere else. First it must be one expression, and only then may the server see
        // it.
        var problem = condition.flatMap(SQLCondition.problem)
        if problem == nil, let condition, let leaves, leaves.allSatisfy(\.isReadable) {
            problem = try connection.problem(withCondition: condition, of: name, searchPath: searchPath)
        }
        return Table(name: name, leaves: leaves, conditionProblem: problem)
    }
}
