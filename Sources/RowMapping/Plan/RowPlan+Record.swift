internal import ReplicationProtocol

extension RowPlan {
    /// Appends one record with the key and the row of a change, in the declared envelope.
    @inline(__always)
    func appendRecord(
        _ row: Row, _ tuples: borrowing ChangeTuples, _ context: borrowing ChangeContext, _ batch: inout RecordBatch
    ) throws(MappingError) {
        var record = try makeRecord(row, tuples, context, &batch)
        let start = batch.byteCount
        let leftOut: Bool
        switch envelope {
        case .row:
            let keyOnly = row.source == .old && row.old == .key
            leftOut = try appendObject(
                row, keyOnly: keyOnly, suffix: suffixes[Int(row.operation.rawValue)], tuples, context, &batch)
        case .beforeAfter: leftOut = try appendBeforeAfter(row, tuples, context, &batch)
        case .outbox(let payload):
            leftOut = false
            record.valueLength = try appendPayload(payload, row, tuples, &batch)
        }
        if !envelope.isOutbox { record.valueLength = batch.byteCount &- start }
        if !headers.isEmpty || leftOut || context.reselected != nil {
            appendHeaders(row, leftOut: leftOut, tuples, context, &record, &batch)
        }
        batch.append(record)
    }

    /// Appends a record with the old key and no value, or nothing where that key is NULL: without a key a tombstone
    /// would say nothing of nothing, and compacted topics refuse it.
    func appendTombstone(
        _ row: Row, _ tuples: borrowing ChangeTuples, _ context: borrowing ChangeContext, _ batch: inout RecordBatch
    ) throws(MappingError) {
        var record = try makeRecord(row, tuples, context, &batch)
        guard record.keyLength >= 0 else { return }
        if !headers.isEmpty { appendHeaders(row, leftOut: false, tuples, context, &record, &batch) }
        batch.append(record)
    }

    /// Finds out where a record goes and appends its key; value and headers are yet to come.
    @inline(__always)
    private func makeRecord(
        _ row: Row, _ tuples: borrowing ChangeTuples, _ context: borrowing ChangeContext, _ batch: inout RecordBatch
    ) throws(MappingError) -> RecordBatch.Record {
        let topic = try topic(row, tuples, context, &batch)
        let partition = try partition(row, tuples, &batch)
        let offset = batch.byteCount
        let keyLength = try appendKey(row, tuples, &batch)
        return RecordBatch.Record(
            offset: offset, keyLength: keyLength, valueLength: -1, topic: topic, table: number, partition: partition,
            timestamp: usesCommitTime ? context.commitMilliseconds : 0, lsn: context.lsn)
    }

    /// Appends the declared headers, and those that say which columns are missing or newer than the change.
    @inline(never)
    private func appendHeaders(
        _ row: Row, leftOut: Bool, _ tuples: borrowing ChangeTuples, _ context: borrowing ChangeContext,
        _ record: inout RecordBatch.Record, _ batch: inout RecordBatch
    ) {
        let start = batch.byteCount
        headers.append(row, tuples, context, of: self, &batch)
        if leftOut {
            var missing: [Int] = []
            for index in 0..<columnCount
            where columns[index].isIncluded && slice(index, row, tuples).kind == .unchangedTOAST {
                missing.append(index)
            }
            HeaderPlan.append(name: "pqcdc.unchangedToast", value: fieldNames(missing), to: &batch)
        }
        // What was read stands in the new row only.
        if row.source == .new, let reselected = context.reselected?.filter({ columns[$0].isIncluded }),
            !reselected.isEmpty
        {
            HeaderPlan.append(name: "pqcdc.reselected", value: fieldNames(reselected), to: &batch)
        }
        record.headersLength = batch.byteCount &- start
    }

    /// The fields of some columns as a JSON array.
    private func fieldNames(_ indexes: [Int]) -> [UInt8] {
        let names = indexes.map { JSONText.quoted(rule.columns.field(of: relation.columns[$0].name)) }
        return [UInt8(ascii: "[")] + names.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }
}
