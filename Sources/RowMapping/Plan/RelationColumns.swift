internal import ReplicationProtocol

/// A relation's columns by name, for the rules that name them.
struct RelationColumns {
    let table: TableName
    let columns: [Relation.Column]

    init(_ relation: Relation) {
        table = TableName(schema: relation.schema, name: relation.name)
        columns = relation.columns
    }

    func contains(_ name: String) -> Bool { columns.contains { $0.name.isSpelled(like: name) } }

    /// - Parameter rule: the key of the configuration that names them.
    func indexes(of names: [String], in rule: String) throws(MappingError) -> [Int] {
        let unknown = names.filter { !contains($0) }
        guard unknown.isEmpty else { throw .unknownColumns(unknown, rule: rule, table: table) }
        return names.compactMap { name in columns.firstIndex { $0.name.isSpelled(like: name) } }
    }

    func template(_ template: Template, in rule: String) throws(MappingError) -> TemplatePlan {
        do throws(TemplatePlan.UnknownColumn) {
            return try TemplatePlan(template, table: table, columns: columns)
        } catch {
            throw .unknownColumns([error.name], rule: rule, table: table)
        }
    }
}
