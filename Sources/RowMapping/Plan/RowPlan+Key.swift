internal import ReplicationProtocol

extension RowPlan {
    /// Appends the key's bytes and returns their number; negative for a record without a key.
    @inline(__always)
    func appendKey(
        _ row: Row, _ tuples: borrowing ChangeTuples, _ batch: inout RecordBatch
    ) throws(MappingError) -> Int {
        if let textKey {
            let slice = try routingSlice(textKey, row, tuples)
            // A key that is NULL is no key.
            guard slice.kind != .null else { return -1 }
            let start = batch.byteCount
            appendText(slice, textKey, row.base, &batch)
            return batch.byteCount &- start
        }
        if key.isEmpty { return -1 }
        return try appendObject(of: key, row, tuples, &batch)
    }

    /// Appends a JSON object of some columns, in their order, and returns the number of its bytes.
    @inline(never)
    func appendObject(
        of indexes: [Int], _ row: Row, _ tuples: borrowing ChangeTuples, _ batch: inout RecordBatch
    ) throws(MappingError) -> Int {
        let start = batch.byteCount
        for index in indexes {
            let plan = columns[index]
            let slice = try routingSlice(index, row, tuples)
            var output = batch.reserve(plan.prefixLength &+ bound(plan, row.base, slice) &+ 16)
            output.update(from: text + plan.prefixOffset, count: plan.prefixLength)
            output = try write(plan, index, row.base, slice, to: output + plan.prefixLength, &batch)
            batch.advance(to: output)
        }
        let output = batch.reserve(16)
        close(output, &batch, from: start)
        return batch.byteCount &- start
    }
}
