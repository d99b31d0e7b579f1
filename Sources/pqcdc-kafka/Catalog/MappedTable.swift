import Configuration
import Postgres
import ReplicationProtocol
import RowMapping

/// A table with the rule in force for it, and what the database says of it.
struct MappedTable {
    let name: TableName
    let rule: TableRule
    /// The key of `mapping.tables` that the rule stands under.
    let declaration: String
    /// nil where the database was not asked, or has no such table.
    let state: TableState?
    /// nil where the publication does not send the table under this name.
    let published: PublishedTable?

    var relation: RelationName { RelationName(name) }

    /// Where its rule stands in the file.
    var path: String { "mapping.tables.\(declaration)" }

    /// The columns that make the record key; empty where records have none.
    var keyColumns: [String] { rule.key ?? state?.primaryKey ?? [] }

    /// The columns that say where a record goes: the key's, the partition's and the topic's.
    var routingColumns: [String] {
        let partition: [String] =
            switch rule.partition {
            case .key: []
            case .columns(let columns): columns
            case .number(let column): [column]
            }
        var routing: [String] = []
        for column in keyColumns + partition + rule.topic.columns where !routing.contains(column) {
            routing.append(column)
        }
        return routing
    }

    /// The topic of all its records; nil where changes decide it, and where Kafka would refuse its name.
    var topic: String? { RowPlan.constantTopic(rule, of: name) }

    /// Whether it has several topics, of which nobody knows before the changes.
    var changesDecideTopic: Bool {
        !rule.topic.columns.isEmpty || !rule.topic.fields.isSubset(of: [.schema, .table])
    }

    /// Whether it is a transactional outbox, of which only INSERTs count.
    var isOutbox: Bool { rule.isOutbox }

    /// Columns of the value that an UPDATE may leave out, because they are large and unchanged.
    var unsentColumns: [ColumnState] {
        guard let state, state.replicaIdentity != .full, !isOutbox else { return [] }
        return state.columns.filter {
            $0.isToastable && !state.replicaIdentityColumns.contains($0.name) && rule.columns.includes($0.name)
        }
    }

    /// Compiles a rule for the table, as the daemon does when the stream describes the table.
    ///
    /// - Parameter rule: the table's own, or what is left of it once an error has been reported.
    func plan(
        _ rule: TableRule, for relation: Relation, _ types: [OID: TypeDescription]
    ) throws(MappingError) -> RowPlan {
        var primaryKey: [String]?
        if RowPlan.needsPrimaryKey(rule: rule) {
            let found = state.flatMap { $0.primaryKey.isEmpty ? nil : $0.primaryKey }
            let unsent = found?.filter { name in !relation.columns.contains { $0.name.isSpelled(like: name) } } ?? []
            primaryKey = RowPlan.primaryKey(found, unsent: unsent, of: relation)
        }
        return try RowPlan(rule: rule, relation: relation, primaryKey: primaryKey, types: types, topic: 0)
    }
}

extension RowPlan {
    /// The topic of all records of a table; nil where changes decide it, and where Kafka would refuse its name.
    static func constantTopic(_ rule: TableRule, of name: TableName) -> String? {
        let relation = Relation(
            oid: OID(rawValue: 0), schema: name.schema, name: name.name, replicaIdentity: .default, columns: [])
        return try? constantTopic(rule: rule, relation: relation)
    }
}

extension Settings {
    /// The tables that the mapping names, and those of the publication that only a pattern names, in order.
    ///
    /// - Parameter state: nil where the database was not asked.
    func mappedTables(_ state: DatabaseState?) -> [MappedTable] {
        var published: [TableName: PublishedTable] = [:]
        for table in state?.publication?.published ?? [] { published[TableName(table.relation)] = table }
        return Set(published.keys).union(mapping.tables.keys).sorted().compactMap { name in
            guard let rule = mapping.rule(for: name), let declaration = mapping.declaration(for: name) else {
                return nil
            }
            return MappedTable(
                name: name, rule: rule, declaration: declaration, state: state?.tables[RelationName(name)],
                published: published[name])
        }
    }
}
