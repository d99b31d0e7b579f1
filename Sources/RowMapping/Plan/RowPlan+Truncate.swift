public import ReplicationProtocol

extension RowPlan {
    /// Appends the record of a TRUNCATE, where `onTruncate` asks for one.
    ///
    /// It has no row: where rows decide about topic or partition, it goes where a row without values would, and a topic
    /// that needs one has no record of it.
    public func truncate(
        _ truncate: Truncate, _ context: borrowing ChangeContext, to batch: inout RecordBatch
    ) {
        guard rule.onTruncate == .record, !envelope.isOutbox, case .constant(let topic) = topic else { return }
        var value: [UInt8] = [UInt8(ascii: "{")]
        func field(_ name: String, _ text: [UInt8]) {
            if value.count > 1 { value.append(UInt8(ascii: ",")) }
            value += JSONText.quoted(name) + [UInt8(ascii: ":")] + text
        }
        field(rule.operationField ?? "operation", JSONText.quoted(ChangeOperation.truncate.name))
        field("schema", JSONText.quoted(table.schema))
        field("table", JSONText.quoted(table.name))
        field("cascade", Array("\(truncate.cascade)".utf8))
        field("restartIdentity", Array("\(truncate.restartIdentity)".utf8))
        value.append(UInt8(ascii: "}"))
        var record = RecordBatch.Record(
            offset: batch.byteCount, keyLength: -1, valueLength: value.count, topic: topic, table: number,
            timestamp: usesCommitTime ? context.commitMilliseconds : 0, lsn: context.lsn)
        batch.append(value)
        headers.append(rowless: .truncate, context, &batch)
        record.headersLength = batch.byteCount - record.headersOffset
        batch.append(record)
    }
}
