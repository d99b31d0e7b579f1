import Configuration
import Postgres
import RowMapping

extension Settings {
    /// The tables that a snapshot reads, in order, under the names that their rows are sent under.
    ///
    /// - Parameter publication: nil where none is needed, or there is none.
    func snapshotTables(_ publication: PublicationState?) -> [RelationName] {
        let snapshot = cdc.snapshot
        let named = snapshot.tables.map { RelationName($0) }
        switch snapshot.mode {
        case .never: return []
        case .snapshotOnly: return Set(named.isEmpty ? mapping.tables.keys.map { RelationName($0) } : named).sorted()
        case .initial:
            if !named.isEmpty { return Set(named).sorted() }
            let published = publication?.published.map(\.relation) ?? []
            return published.filter { mapping.rule(for: TableName($0)) != nil }.sorted()
        }
    }
}
