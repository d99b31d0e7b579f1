import Configuration
import Postgres
import RowMapping

/// What the configuration wants of the publication.
extension Settings {
    /// Empty where the file states none.
    var wantedOperations: Set<PublicationState.Operation> {
        Set(cdc.publication.operations.map { PublicationState.Operation($0) })
    }

    /// `publication.tables`, or the mapping's tables where the file lists none.
    var wantedTables: [PublishedTable] {
        guard !cdc.publication.tables.isEmpty else {
            return mapping.tables.keys.sorted().map { PublishedTable(RelationName($0)) }
        }
        return cdc.publication.tables.map {
            PublishedTable(RelationName($0.table), columns: $0.columns.isEmpty ? nil : $0.columns)
        }
    }

    /// Whether changes must come under a partitioned table's name: when the file says so, and when the mapping names
    /// a table that is partitioned.
    func wantsPartitionRoot(_ state: DatabaseState) -> Bool {
        cdc.publication.tables.contains(where: \.partitioned)
            || mapping.tables.keys.contains { state.tables[RelationName($0)]?.kind == .partitionedTable }
    }
}
