public import ReplicationProtocol

extension Relation {
    /// The table's shape as pgoutput will describe it, by what the catalog says now.
    ///
    /// - Parameters:
    ///   - published: the columns that the publication chooses; nil where it does not send the table (yet).
    ///   - majorVersion: PostgreSQL's, which decides whether generated columns can be sent.
    public init(_ table: TableState, published: PublishedTable?, majorVersion: Int) {
        let columns = table.columns.filter { column in
            guard let sent = published?.columns else { return !column.isGenerated }
            // Before 18 they are never sent, whatever a column list says.
            return sent.contains(column.name) && (majorVersion >= 18 || !column.isGenerated)
        }
        self.init(
            oid: table.oid, schema: table.relation.schema, name: table.relation.name,
            replicaIdentity: ReplicaIdentity(table.replicaIdentity),
            columns: columns.map { column in
                Column(
                    isKey: table.replicaIdentityColumns.contains(column.name), name: column.name,
                    type: column.typeOID, typeModifier: column.typeModifier)
            })
    }
}

extension Relation.ReplicaIdentity {
    init(_ identity: Postgres.ReplicaIdentity) {
        switch identity {
        case .default: self = .default
        case .full: self = .full
        case .nothing: self = .nothing
        case .index: self = .index
        }
    }
}
