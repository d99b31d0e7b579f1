internal import ReplicationProtocol

extension RowPlan {
    /// Which of a change's tuples something is taken from.
    enum TupleSource { case old, new }

    /// The row of a change that a record is made of.
    struct Row {
        var operation: ChangeOperation
        /// Which tuple the row, its key and its place are taken from.
        var source: TupleSource
        /// The kind of old tuple that came with the change.
        var old: OldTuple
        /// The change's bytes.
        var base: UnsafePointer<UInt8>
    }

    /// A column's value: in the old tuple where the new one leaves it out as unchanged, if that is there.
    @inline(__always)
    func slice(_ index: Int, _ row: Row, _ tuples: borrowing ChangeTuples) -> ColumnSlice {
        guard row.source == .new else { return tuples.old[index] }
        let slice = tuples.new[index]
        guard slice.kind == .unchangedTOAST, row.old != .none else { return slice }
        return isCarried(index, row.old, tuples) ? tuples.old[index] : slice
    }

    /// Whether the old tuple says what the column held: NULL may stand for "not sent", a value never does.
    ///
    /// - Parameter old: as ``kind(of:)`` has it.
    @inline(__always)
    func isCarried(_ index: Int, _ old: OldTuple, _ tuples: borrowing ChangeTuples) -> Bool {
        old == .full || columns[index].isIdentity || tuples.old[index].kind != .null
    }

    /// The same for a column that says where the record goes, and so must be there or NULL.
    @inline(__always)
    func routingSlice(
        _ index: Int, _ row: Row, _ tuples: borrowing ChangeTuples
    ) throws(MappingError) -> ColumnSlice {
        let slice = slice(index, row, tuples)
        switch slice.kind {
        case .text, .null: return slice
        case .unchangedTOAST: throw .keyNotSent(column: relation.columns[index].name, table: table)
        case .binary: throw .unexpectedBinary(column: relation.columns[index].name, table: table)
        }
    }

    /// Appends a column's text, masked where the rule says so; nothing for NULL and for what was not sent.
    func appendText(
        of index: Int, _ row: Row, _ tuples: borrowing ChangeTuples, _ letterCase: Template.LetterCase?,
        _ batch: inout RecordBatch
    ) {
        let slice = slice(index, row, tuples)
        guard slice.kind == .text else { return }
        let start = batch.byteCount
        appendText(slice, index, row.base, &batch)
        guard let letterCase else { return }
        for position in start..<batch.byteCount {
            let byte = batch.bytes[position]
            switch letterCase {
            case .lower where byte &- UInt8(ascii: "A") < 26: batch.bytes[position] = byte | 0x20
            case .upper where byte &- UInt8(ascii: "a") < 26: batch.bytes[position] = byte & ~0x20
            case .lower, .upper: break
            }
        }
    }

    /// Appends a value's text, masked where the rule says so.
    @inline(__always)
    func appendText(
        _ slice: ColumnSlice, _ index: Int, _ base: UnsafePointer<UInt8>, _ batch: inout RecordBatch
    ) {
        let input = base + Int(slice.offset)
        let count = Int(slice.length)
        let mask = columns[index].mask
        if mask >= 0 {
            let output = batch.reserve(masks[mask].bound(count))
            batch.advance(to: output + masks[mask].write(input, count, to: output))
        } else {
            let output = batch.reserve(count)
            output.update(from: input, count: count)
            batch.advance(to: output + count)
        }
    }
}
