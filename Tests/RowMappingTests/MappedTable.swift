import ReplicationProtocol

@testable import RowMapping

/// A table with a compiled plan, and what becomes of its changes.
struct MappedTable {
    static let oid = 16_385
    static let topic = 7

    let plan: RowPlan

    init(
        _ columns: [Relation.Column], identity: Relation.ReplicaIdentity = .default, primaryKey: [String]? = nil,
        key: [String]? = nil, onDelete: DeleteAction = .old, onTruncate: TruncateAction = .skip,
        operationField: String? = nil, skipUnchanged: Bool = false, unchangedTOAST: UnchangedTOASTAction = .omit,
        formats: ValueFormats = ValueFormats(),
        columnFormats: [String: ValueFormats] = [:], filter: FilterExpression? = nil,
        rules: ColumnRules = ColumnRules(),
        types: [OID: TypeDescription] = [:]
    ) throws(MappingError) {
        plan = try RowPlan(
            rule: TableRule(
                topic: "t", key: key, onDelete: onDelete, onTruncate: onTruncate, operationField: operationField,
                skipUnchanged: skipUnchanged, unchangedTOAST: unchangedTOAST,
                filter: filter, columns: rules, formats: formats, columnFormats: columnFormats),
            relation: Relation(
                oid: OID(rawValue: UInt32(Self.oid)), schema: "public", name: "t", replicaIdentity: identity,
                columns: columns),
            primaryKey: primaryKey, types: types, topic: Self.topic)
    }

    func insert(_ new: [ChangeBytes.Value]) throws -> [MappedRecord] {
        try records(of: ChangeBytes.insert(new))
    }

    func update(_ old: ChangeBytes.Old? = nil, to new: [ChangeBytes.Value]) throws -> [MappedRecord] {
        try records(of: ChangeBytes.update(old, to: new))
    }

    func delete(_ old: ChangeBytes.Old) throws -> [MappedRecord] {
        try records(of: ChangeBytes.delete(old))
    }

    func truncate(_ truncate: Truncate) -> [MappedRecord] {
        var batch = RecordBatch(capacity: 1)
        plan.truncate(truncate, to: &batch)
        return MappedRecord.all(in: batch)
    }

    /// Maps one message into a batch that starts with next to no room, so that each reservation is what it asks for.
    private func records(of message: [UInt8]) throws -> [MappedRecord] {
        var batch = RecordBatch(capacity: 1)
        try append(message, to: &batch)
        return MappedRecord.all(in: batch)
    }

    /// Maps one message behind what `batch` already holds.
    func append(_ message: [UInt8], to batch: inout RecordBatch) throws {
        var tuples = ChangeTuples()
        let bytes = message.span.bytes
        switch try WALMessage(decoding: bytes, from: 0, into: &tuples) {
        case .insert: try plan.insert(tuples, bytes, to: &batch)
        case .update(_, let old): try plan.update(old, tuples, bytes, to: &batch)
        case .delete(_, let old): try plan.delete(old, tuples, bytes, to: &batch)
        default: preconditionFailure("only changes of rows are mapped here")
        }
    }
}

extension Relation.Column {
    /// A column that the replica identity holds.
    static func key(_ name: String, _ type: UInt32 = 23) -> Self {
        .init(isKey: true, name: name, type: OID(rawValue: type))
    }

    /// A column that the replica identity does not hold.
    static func plain(_ name: String, _ type: UInt32 = 25) -> Self {
        .init(isKey: false, name: name, type: OID(rawValue: type))
    }
}
