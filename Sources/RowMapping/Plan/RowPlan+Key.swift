internal import ReplicationProtocol

extension RowPlan {
    /// Which tuple the key is taken from.
    enum KeySource { case old, new }

    /// Appends the key's bytes and returns their number; negative for a record without a key.
    @inline(__always)
    func appendKey(
        _ source: KeySource, _ tuples: borrowing ChangeTuples, _ base: UnsafePointer<UInt8>,
        _ batch: inout RecordBatch
    ) throws(MappingError) -> Int {
        if key.count == 1 {
            let slice = try keySlice(key[0], source, tuples)
            // A key that is NULL is no key.
            guard slice.kind != .null else { return -1 }
            let output = batch.reserve(Int(slice.length))
            output.update(from: base + Int(slice.offset), count: Int(slice.length))
            batch.advance(to: output + Int(slice.length))
            return Int(slice.length)
        }
        if key.isEmpty { return -1 }
        return try appendCompositeKey(source, tuples, base, &batch)
    }

    /// Several columns make a JSON object, in the key's order.
    @inline(never)
    private func appendCompositeKey(
        _ source: KeySource, _ tuples: borrowing ChangeTuples, _ base: UnsafePointer<UInt8>,
        _ batch: inout RecordBatch
    ) throws(MappingError) -> Int {
        let start = batch.byteCount
        for index in key {
            let plan = columns[index]
            let slice = try keySlice(index, source, tuples)
            var output = batch.reserve(plan.prefixLength &+ Self.bound(plan, base, slice) &+ 16)
            output.update(from: text + plan.prefixOffset, count: plan.prefixLength)
            output = try write(plan, index, base, slice, to: output + plan.prefixLength, &batch)
            batch.advance(to: output)
        }
        let output = batch.reserve(16)
        close(output, &batch, from: start)
        return batch.byteCount &- start
    }

    @inline(__always)
    private func keySlice(
        _ index: Int, _ source: KeySource, _ tuples: borrowing ChangeTuples
    ) throws(MappingError) -> ColumnSlice {
        var slice = source == .new ? tuples.new[index] : tuples.old[index]
        if slice.kind == .unchangedTOAST, source == .new, tuples.old.count == columnCount, keyIsInIdentity {
            slice = tuples.old[index]
        }
        switch slice.kind {
        case .text, .null: return slice
        case .unchangedTOAST: throw .keyNotSent(column: relation.columns[index].name, table: table)
        case .binary: throw .unexpectedBinary(column: relation.columns[index].name, table: table)
        }
    }
}
