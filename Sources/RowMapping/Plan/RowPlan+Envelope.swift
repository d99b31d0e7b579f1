internal import ReplicationProtocol

extension RowPlan {
    /// Appends an object with the old row as `before` and the new one as `after`.
    ///
    /// - Returns: whether columns were left out of `after`.
    @inline(never)
    func appendBeforeAfter(
        _ row: Row, _ tuples: borrowing ChangeTuples, _ context: borrowing ChangeContext, _ batch: inout RecordBatch
    ) throws(MappingError) -> Bool {
        batch.append(#"{"before":"#)
        var before = row
        before.source = .old
        if row.old == .none {
            batch.append("null")
        } else {
            _ = try appendObject(before, keyOnly: row.old == .key, suffix: [], tuples, context, &batch)
        }
        batch.append(#","after":"#)
        var leftOut = false
        if row.source == .old {
            batch.append("null")
        } else {
            leftOut = try appendObject(row, keyOnly: false, suffix: [], tuples, context, &batch)
        }
        batch.append(suffixes[Int(row.operation.rawValue)])
        batch.append("}")
        return leftOut
    }

    /// Appends the bytes of an outbox's payload: a bytea's own, everything else as PostgreSQL prints it.
    ///
    /// - Returns: their number; negative for NULL, which becomes a tombstone.
    @inline(never)
    func appendPayload(
        _ index: Int, _ row: Row, _ tuples: borrowing ChangeTuples, _ batch: inout RecordBatch
    ) throws(MappingError) -> Int {
        let slice = slice(index, row, tuples)
        let input = row.base + Int(slice.offset)
        let count = Int(slice.length)
        switch slice.kind {
        case .null: return -1
        case .unchangedTOAST: throw .keyNotSent(column: relation.columns[index].name, table: table)
        case .binary: throw .unexpectedBinary(column: relation.columns[index].name, table: table)
        case .text: break
        }
        let output = batch.reserve(count)
        guard columns[index].isBytea else {
            output.update(from: input, count: count)
            batch.advance(to: output + count)
            return count
        }
        guard count >= 2, input[0] == JSONText.backslash, input[1] == UInt8(ascii: "x"),
            let end = Hexadecimal.decode(input + 2, count - 2, to: output)
        else {
            throw .malformedValue(column: relation.columns[index].name, type: "bytea", table: table)
        }
        batch.advance(to: end)
        return end - output
    }
}
