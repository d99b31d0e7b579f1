import ReplicationProtocol

@testable import RowMapping

/// A table whose changes a filter judges.
struct FilteredTable {
    var columns: [Relation.Column]
    var identity: Relation.ReplicaIdentity
    var types: [OID: TypeDescription]

    init(
        _ columns: [Relation.Column], identity: Relation.ReplicaIdentity = .default,
        types: [OID: TypeDescription] = [:]
    ) {
        self.columns = columns
        self.identity = identity
        self.types = types
    }

    func plan(_ filter: String) throws(FilterError) -> FilterPlan {
        let relation = Relation(
            oid: OID(rawValue: UInt32(MappedTable.oid)), schema: "public", name: "t", replicaIdentity: identity,
            columns: columns)
        return try FilterPlan(try FilterExpression.parse(filter), relation: relation, types: types)
    }

    /// Whether the filter passes an INSERT of a row.
    func passes(_ filter: String, inserting new: [ChangeBytes.Value]) throws -> Bool {
        try plan(filter).passes(ChangeBytes.insert(new))
    }

    func passes(_ filter: String, updating old: ChangeBytes.Old?, to new: [ChangeBytes.Value]) throws -> Bool {
        try plan(filter).passes(ChangeBytes.update(old, to: new))
    }

    func passes(_ filter: String, deleting old: ChangeBytes.Old) throws -> Bool {
        try plan(filter).passes(ChangeBytes.delete(old))
    }
}

extension FilterPlan {
    /// Judges a change as it comes from the server.
    func passes(_ message: [UInt8]) throws -> Bool {
        var tuples = ChangeTuples()
        let bytes = message.span.bytes
        switch try WALMessage(decoding: bytes, from: 0, into: &tuples) {
        case .insert: return try passes(.insert, .none, tuples, bytes)
        case .update(_, let old): return try passes(.update, old, tuples, bytes)
        case .delete(_, let old): return try passes(.delete, old, tuples, bytes)
        default: preconditionFailure("only changes of rows are judged here")
        }
    }
}
