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
        types: [OID: TypeDescription] = [:], partitions: [Relation] = [], adjust: (inout TableRule) -> Void = { _ in }
    ) throws(MappingError) {
        var rule = TableRule(
            topic: "t", key: key, onDelete: onDelete, onTruncate: onTruncate, operationField: operationField,
            skipUnchanged: skipUnchanged, unchangedTOAST: unchangedTOAST,
            filter: filter, columns: rules, formats: formats, columnFormats: columnFormats)
        adjust(&rule)
        plan = try RowPlan(
            rule: rule,
            relation: Relation(
                oid: OID(rawValue: UInt32(Self.oid)), schema: "public", name: "t", replicaIdentity: identity,
                columns: columns),
            primaryKey: primaryKey, types: types, partitions: partitions, topic: Self.topic)
    }

    /// Where every change stands that does not say.
    static let context = ChangeContext(
        lsn: LSN(rawValue: 0x16_B374_D848), ordinal: 3,
        transaction: Begin(
            finalLSN: LSN(rawValue: 0x16_B374_D900),
            // 2026-11-22 10:00:00.123456 UTC
            commitTime: ServerTime(microsecondsSinceUnixEpoch: 1_795_341_600_123_456), xid: 771))

    func insert(
        _ new: [ChangeBytes.Value], topics: [String: Int] = [:]
    ) throws -> [MappedRecord] {
        try records(of: ChangeBytes.insert(new), topics: topics)
    }

    func update(
        _ old: ChangeBytes.Old? = nil, to new: [ChangeBytes.Value], topics: [String: Int] = [:],
        context: ChangeContext = context
    ) throws -> [MappedRecord] {
        try records(of: ChangeBytes.update(old, to: new), topics: topics, context)
    }

    func delete(_ old: ChangeBytes.Old, topics: [String: Int] = [:]) throws -> [MappedRecord] {
        try records(of: ChangeBytes.delete(old), topics: topics)
    }

    func truncate(_ truncate: Truncate) -> [MappedRecord] {
        var batch = RecordBatch(capacity: 1)
        plan.truncate(truncate, Self.context, to: &batch)
        return MappedRecord.all(in: batch)
    }

    /// Maps one message into a batch that starts with next to no room, so that each reservation is what it asks for.
    ///
    /// - Parameter topics: those that are open, for rows that decide about theirs.
    private func records(
        of message: [UInt8], topics: [String: Int] = [:], _ context: ChangeContext = context
    ) throws -> [MappedRecord] {
        var batch = RecordBatch(capacity: 1)
        for (name, number) in topics { batch.open(topic: name, number: number) }
        try append(message, to: &batch, context)
        return MappedRecord.all(in: batch)
    }

    /// Maps one message behind what `batch` already holds.
    func append(
        _ message: [UInt8], to batch: inout RecordBatch, _ context: ChangeContext = context
    ) throws {
        var tuples = ChangeTuples()
        let bytes = message.span.bytes
        switch try WALMessage(decoding: bytes, from: 0, into: &tuples) {
        case .insert: try plan.insert(tuples, bytes, context, to: &batch)
        case .update(_, let old): try plan.update(old, tuples, bytes, context, to: &batch)
        case .delete(_, let old): try plan.delete(old, tuples, bytes, context, to: &batch)
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
