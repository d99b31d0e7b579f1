internal import ReplicationProtocol

extension RowPlan {
    /// Appends one record with the key and the row of `tuple`, in the declared envelope.
    ///
    /// - Parameters:
    ///   - old: the kind of old tuple that came with the change.
    ///   - source: which tuple the row and the key are taken from.
    @inline(__always)
    func appendRow(
        _ operation: ChangeOperation, _ source: KeySource, _ old: OldTuple, _ tuples: borrowing ChangeTuples,
        _ bytes: RawSpan, _ batch: inout RecordBatch
    ) throws(MappingError) {
        let base = bytes.baseAddress
        let keyOffset = batch.byteCount
        let keyLength = try appendKey(source, tuples, base, &batch)
        let start = batch.byteCount
        let suffix = suffixes[Int(operation.rawValue)]
        if source == .new {
            try appendObject(
                tuples.new, filling: old, keyOnly: false, suffix: suffix, tuples, base, &batch)
        } else {
            try appendObject(
                tuples.old, filling: nil, keyOnly: old == .key, suffix: suffix, tuples, base, &batch)
        }
        batch.append(
            RecordBatch.Record(
                topic: topic, keyOffset: keyOffset, keyLength: keyLength, valueOffset: start,
                valueLength: batch.byteCount &- start))
    }

    /// Appends a record with the old key and no value, or nothing where that key is NULL: without a key a tombstone
    /// would say nothing of nothing, and compacted topics refuse it.
    func appendTombstone(
        _ tuples: borrowing ChangeTuples, _ bytes: RawSpan, _ batch: inout RecordBatch
    ) throws(MappingError) {
        let keyOffset = batch.byteCount
        let keyLength = try appendKey(.old, tuples, bytes.baseAddress, &batch)
        guard keyLength >= 0 else { return }
        batch.append(
            RecordBatch.Record(
                topic: topic, keyOffset: keyOffset, keyLength: keyLength, valueOffset: batch.byteCount,
                valueLength: -1))
    }
}
