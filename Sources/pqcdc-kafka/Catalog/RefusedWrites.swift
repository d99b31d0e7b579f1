import Configuration
import Postgres
import RowMapping

/// A table whose UPDATEs and DELETEs the server refuses, of the application, because of how it is published.
/// <https://www.postgresql.org/docs/current/logical-replication-publication.html>
struct RefusedWrites: Hashable, CustomStringConvertible {
    enum Reason: Hashable {
        case noIdentity
        case columnListWithFull
        /// Columns of the replica identity that the column list leaves out.
        case columnsLeftOut([String])
        /// Generated columns of the replica identity that the publication does not send.
        case generatedLeftOut([String])
        /// Virtual columns of the replica identity, which no publication sends.
        case virtual([String])
        /// Columns of the row filter that are not in the replica identity.
        case filter([String])
    }

    let relation: RelationName
    let reason: Reason

    var description: String {
        let why =
            switch reason {
            case .noIdentity: "it has no replica identity"
            case .columnListWithFull: "REPLICA IDENTITY FULL does not go with a column list"
            case .columnsLeftOut(let columns):
                "the column list leaves out \(Self.quote(columns)) of its replica identity"
            case .generatedLeftOut(let columns):
                "its replica identity holds the generated \(Self.quote(columns)), which the publication does not send"
            case .virtual(let columns):
                "its replica identity holds the virtual \(Self.quote(columns)), which no publication sends"
            case .filter(let columns): "the row filter asks for \(Self.quote(columns)), outside of its replica identity"
            }
        return "PostgreSQL refuses every UPDATE and DELETE of table \"\(relation)\" while they are published: \(why)"
    }

    var remedy: String {
        switch reason {
        case .noIdentity:
            "give it a primary key, or replicaIdentity: FULL in cdc.publication.tables, or publish inserts only "
                + "(cdc.publication.operations: [insert])"
        case .columnListWithFull: "take the column list away, or REPLICA IDENTITY DEFAULT"
        case .columnsLeftOut: "add them to the column list"
        case .generatedLeftOut:
            "cdc.publication.generatedColumns: stored, or a replica identity without generated columns"
        case .virtual: "choose a replica identity without virtual columns, DEFAULT or USING INDEX"
        case .filter: "take them out of the row filter, or REPLICA IDENTITY FULL"
        }
    }

    private static func quote(_ names: [String]) -> String { names.map { "\"\($0)\"" }.joined(separator: ", ") }
}

extension RefusedWrites {
    /// How a table is published.
    struct Publishing {
        var operations: Set<PublicationState.Operation>
        /// nil for all columns.
        var columns: [String]?
        var filterColumns: [String] = []
        /// nil before PostgreSQL 18, which asks for no generated column.
        var generated: PublicationState.GeneratedColumns?
    }

    /// What the server refuses; nil where nothing. The identity of a partition counts beside its root's.
    ///
    /// - Parameter identity: the table's own, or one that it is to get.
    static func find(
        _ table: TableState, identity: ReplicaIdentity? = nil, _ publishing: Publishing
    ) -> RefusedWrites? {
        guard !publishing.operations.isDisjoint(with: [.update, .delete]) else { return nil }
        let wanted = identity ?? table.replicaIdentity
        let identities = table.partitions.isEmpty ? [wanted] : table.partitions.map { identity ?? $0.replicaIdentity }
        for identity in Set(identities) {
            if let reason = reason(table, identity, publishing) {
                return RefusedWrites(relation: table.relation, reason: reason)
            }
        }
        return nil
    }

    private static func reason(
        _ table: TableState, _ identity: ReplicaIdentity, _ publishing: Publishing
    ) -> Reason? {
        let columns: [String]
        switch identity {
        case .nothing: return .noIdentity
        case .full:
            if publishing.columns != nil { return .columnListWithFull }
            columns = table.columns.map(\.name)
        case .default: columns = table.replicaIdentity == .default ? table.replicaIdentityColumns : table.primaryKey
        case .index(let name):
            if identity == table.replicaIdentity {
                columns = table.replicaIdentityColumns
            } else {
                // One that cannot be an identity is refused by its name.
                guard let indexed = table.identityIndexes[name] else { return nil }
                columns = indexed
            }
        }
        if columns.isEmpty { return .noIdentity }
        if let list = publishing.columns {
            let lacking = columns.filter { !list.contains($0) }
            if !lacking.isEmpty { return .columnsLeftOut(lacking) }
        } else if let generated = publishing.generated {
            let virtual = table.columns.filter { $0.isVirtual && columns.contains($0.name) }.map(\.name)
            if !virtual.isEmpty { return .virtual(virtual) }
            let stored = table.columns.filter { $0.isGenerated && columns.contains($0.name) }.map(\.name)
            if generated == .omitted, !stored.isEmpty { return .generatedLeftOut(stored) }
        }
        let outside = identity == .full ? [] : publishing.filterColumns.filter { !columns.contains($0) }
        return outside.isEmpty ? nil : .filter(outside)
    }

    // MARK: As it is

    static func find(_ settings: Settings, _ state: DatabaseState) -> [RefusedWrites] {
        guard let publication = state.publication else { return [] }
        return state.tables.keys.sorted().compactMap { name in
            guard let table = state.tables[name], let publishing = publication.publishing(table) else { return nil }
            return find(table, publishing)
        }
    }

    // MARK: As a setup would make it

    /// What a setup would bring about; what is refused already is not its doing.
    static func afterSetup(_ settings: Settings, _ state: DatabaseState) -> [RefusedWrites] {
        let listed = settings.cdc.publication.tables
        let identities = Dictionary(
            listed.map { (RelationName($0.table), $0.replicaIdentity.map { ReplicaIdentity($0) }) },
            uniquingKeysWith: { first, _ in first })
        let wanted = Dictionary(
            settings.wantedTables.map { ($0.relation, $0) }, uniquingKeysWith: { first, _ in first })
        return state.tables.keys.sorted().compactMap { name in
            guard let table = state.tables[name] else { return nil }
            let before = state.publication?.publishing(table)
            guard before != nil || wanted[name] != nil else { return nil }
            var after =
                before
                ?? Publishing(
                    operations: state.publication?.operations ?? [.insert, .update, .delete],
                    columns: wanted[name]?.columns,
                    generated: state.publication?.generatedColumns ?? (state.server.majorVersion >= 18 ? .omitted : nil)
                )
            if !settings.wantedOperations.isEmpty { after.operations = settings.wantedOperations }
            if !listed.isEmpty, state.publication?.allTables != true, let table = wanted[name] {
                after.columns = table.columns
            }
            if after.generated != nil, let generated = settings.cdc.publication.generatedColumns {
                after.generated = PublicationState.GeneratedColumns(generated)
            }
            let refused = find(table, identity: identities[name] ?? nil, after)
            return refused == before.flatMap { find(table, $0) } ? nil : refused
        }
    }
}

extension PublicationState {
    /// How the table is published; nil where it is not.
    fileprivate func publishing(_ table: TableState) -> RefusedWrites.Publishing? {
        let isPublished =
            allTables || schemas.contains(table.relation.schema) || published(table.relation) != nil
            || members.contains { $0.relation == table.relation }
        guard isPublished else { return nil }
        let member = members.first { $0.relation == table.relation }
        return RefusedWrites.Publishing(
            operations: operations, columns: allTables ? nil : member?.columns,
            filterColumns: member?.filterColumns ?? [], generated: generatedColumns)
    }
}

extension PublicationState.GeneratedColumns {
    init(_ wanted: PublicationSettings.GeneratedColumns) {
        switch wanted {
        case .omitted: self = .omitted
        case .stored: self = .stored
        }
    }
}
