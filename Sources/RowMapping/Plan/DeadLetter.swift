public import ReplicationProtocol

/// Makes the records of the dead-letter topic: of what could not become a record, or is too large for its topic.
///
/// Their headers say where the change stands, of which table, and why it is here; no value is among them.
public struct DeadLetter: Sendable {
    /// The number that the dead-letter topic was opened under.
    private let topic: Int32
    private static let standard: HeaderPlan = {
        let none = Relation(oid: OID(rawValue: 0), schema: "", name: "", replicaIdentity: .default, columns: [])
        // Of schema and table, which a plan would know, each dead letter says its own.
        let rules = HeaderRule.standard.filter { $0.value.fields.isDisjoint(with: [.schema, .table]) }
        guard let plan = try? HeaderPlan(rules, RelationColumns(none)) else {
            preconditionFailure("the standard headers ask for no column")
        }
        return plan
    }()

    public init(topic: Int) { self.topic = Int32(topic) }

    /// Appends what there is of a change that could not be mapped: the columns of the value as PostgreSQL's texts, but
    /// for masked ones, which are left out. Without a key, since that may be what failed.
    ///
    /// - Parameter reason: facts; shown in a header.
    public func append(
        _ operation: ChangeOperation, _ old: OldTuple, _ plan: RowPlan, _ tuples: borrowing ChangeTuples,
        _ bytes: RawSpan,
        _ context: borrowing ChangeContext, reason: String, to batch: inout RecordBatch
    ) {
        let start = batch.byteCount
        plan.appendTexts(of: operation == .delete ? old : nil, tuples, bytes, &batch)
        close(start, keyLength: -1, operation, plan.table, plan.number, context, reason, &batch)
    }

    /// Appends what there is of a message that could not be mapped: its prefix.
    public func append(
        messageOf prefix: String, table: Int, _ context: borrowing ChangeContext, reason: String,
        to batch: inout RecordBatch
    ) {
        let start = batch.byteCount
        batch.append(#"{"prefix":"#)
        batch.append(JSONText.quoted(prefix))
        batch.append("}")
        close(start, keyLength: -1, .message, nil, Int32(table), context, reason, &batch)
    }

    /// Appends a record that is larger than its own topic takes: as it is, or, where the dead-letter topic does not take
    /// it either, without its value.
    ///
    /// - Parameters:
    ///   - record: of `source`.
    ///   - table: whose change it is of; nil for a message.
    ///   - reason: facts; shown in a header.
    public func append(
        _ record: RecordBatch.Record, of source: borrowing RecordBatch, table: TableName?, reason: String,
        isWhole: Bool, to batch: inout RecordBatch
    ) {
        // A key alone can be too large as well; what identifies the change is then its place.
        let keyLength = isWhole || record.keyLength <= Self.keyLimit ? record.keyLength : -1
        var letter = RecordBatch.Record(
            offset: batch.byteCount, keyLength: keyLength, valueLength: 0, topic: topic, table: record.table,
            lsn: record.lsn)
        if keyLength > 0 { batch.append(source.bytes + record.keyOffset, keyLength) }
        let start = batch.byteCount
        if isWhole {
            if record.valueLength > 0 { batch.append(source.bytes + record.valueOffset, record.valueLength) }
            letter.valueLength = min(record.valueLength, batch.byteCount - start)
            if record.headersLength > 0 { batch.append(source.bytes + record.headersOffset, record.headersLength) }
        } else {
            batch.append(Array(#"{"size":\#(max(record.valueLength, 0))}"#.utf8))
            letter.valueLength = batch.byteCount - start
        }
        if let table {
            HeaderPlan.append(name: "pqcdc.schema", value: Array(table.schema.utf8), to: &batch)
            HeaderPlan.append(name: "pqcdc.table", value: Array(table.name.utf8), to: &batch)
        }
        HeaderPlan.append(name: "pqcdc.lsn", value: Array("\(record.lsn)".utf8), to: &batch)
        HeaderPlan.append(name: "pqcdc.reason", value: Array(reason.utf8), to: &batch)
        letter.headersLength = batch.byteCount - letter.headersOffset
        batch.append(letter)
    }

    /// A key up to this many bytes always fits beside the rest.
    private static let keyLimit = 16 * 1024

    private func close(
        _ start: Int, keyLength: Int, _ operation: ChangeOperation, _ table: TableName?, _ number: Int32,
        _ context: borrowing ChangeContext, _ reason: String, _ batch: inout RecordBatch
    ) {
        var record = RecordBatch.Record(
            offset: start, keyLength: keyLength, valueLength: batch.byteCount - start, topic: topic, table: number,
            lsn: context.lsn)
        Self.standard.append(rowless: operation, context, &batch)
        if let table {
            HeaderPlan.append(name: "pqcdc.schema", value: Array(table.schema.utf8), to: &batch)
            HeaderPlan.append(name: "pqcdc.table", value: Array(table.name.utf8), to: &batch)
        }
        HeaderPlan.append(name: "pqcdc.reason", value: Array(reason.utf8), to: &batch)
        record.headersLength = batch.byteCount - record.headersOffset
        batch.append(record)
    }
}
