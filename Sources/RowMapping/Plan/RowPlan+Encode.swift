internal import ReplicationProtocol

extension RowPlan {
    /// Which tuple the key is taken from.
    enum KeySource { case old, new }

    /// Rows up to this many bytes get their worst case reserved at once; larger ones are measured column by column,
    /// so that a row of 100 MB does not ask for 600.
    private static let measuredFrom = 16 * 1024

    /// Appends one record with a key and a row.
    ///
    /// - Parameters:
    ///   - tuple: the row.
    ///   - filling: the kind of old tuple that unchanged TOAST values may be taken from; nil where there is none.
    ///   - keyOnly: whether `tuple` is a key tuple, whose other columns are absent.
    @inline(__always)
    func appendRow(
        _ operation: ChangeOperation, _ tuple: borrowing TupleSlices, filling old: OldTuple?, keyOnly: Bool,
        key source: KeySource, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan, _ batch: inout RecordBatch
    ) throws(MappingError) {
        let base = bytes.baseAddress
        let keyOffset = batch.byteCount
        let keyLength = try appendKey(source, tuples, base, &batch)
        let start = batch.byteCount
        let suffix = operationSuffixes[Int(operation.rawValue)]
        let fixed = textLength &+ 16 &+ suffix.count
        let total = tuples.new.byteCount &+ tuples.old.byteCount
        let isMeasured = total > Self.measuredFrom
        var output = batch.reserve(isMeasured ? fixed : fixed &+ JSONText.bound(total) &+ 16 &* columnCount)
        for index in 0..<columnCount {
            let plan = columns[index]
            if keyOnly && !plan.isIdentity { continue }
            var slice = tuple[index]
            if slice.kind == .unchangedTOAST {
                guard let old, old == .full || old == .key && plan.isIdentity else { continue }
                slice = tuples.old[index]
                if slice.kind == .unchangedTOAST { continue }
            }
            if isMeasured {
                batch.advance(to: output)
                output = batch.reserve(fixed &+ Self.bound(plan, base, slice))
            }
            output.update(from: text + plan.prefixOffset, count: plan.prefixLength)
            output = try write(plan, index, base, slice, to: output + plan.prefixLength, &batch)
        }
        if !suffix.isEmpty {
            output.update(from: suffix, count: suffix.count)
            output += suffix.count
        }
        close(output, &batch, from: start)
        batch.append(
            Self.record(topic, keyOffset, keyLength, valueOffset: start, valueLength: batch.byteCount &- start))
    }

    /// Appends a record with the old key and no value, or nothing where that key is NULL: without a key a tombstone
    /// would say nothing of nothing, and compacted topics refuse it.
    func appendTombstone(
        _ tuples: borrowing ChangeTuples, _ bytes: RawSpan, _ batch: inout RecordBatch
    ) throws(MappingError) {
        let keyOffset = batch.byteCount
        let keyLength = try appendKey(.old, tuples, bytes.baseAddress, &batch)
        guard keyLength >= 0 else { return }
        batch.append(Self.record(topic, keyOffset, keyLength, valueOffset: batch.byteCount, valueLength: -1))
    }

    /// Turns the first comma into the opening brace and adds the closing one.
    @inline(__always)
    private func close(
        _ end: UnsafeMutablePointer<UInt8>, _ batch: inout RecordBatch, from start: Int
    ) {
        let first = batch.bytes + start
        var end = end
        if end == first { end += 1 }
        first[0] = UInt8(ascii: "{")
        end[0] = UInt8(ascii: "}")
        batch.advance(to: end + 1)
    }

    @inline(__always)
    private static func record(
        _ topic: Int, _ keyOffset: Int, _ keyLength: Int, valueOffset: Int, valueLength: Int
    ) -> RecordBatch.Record {
        .init(
            topic: topic, keyOffset: keyOffset, keyLength: keyLength, valueOffset: valueOffset,
            valueLength: valueLength)
    }

    private static func bound(_ plan: ColumnPlan, _ base: UnsafePointer<UInt8>, _ slice: ColumnSlice) -> Int {
        let count = Int(slice.length)
        return JSONValue.bound(of: base + Int(slice.offset), count, isArray: plan.array != nil)
    }

    /// Writes the value behind its prefix.
    @inline(__always)
    private func write(
        _ plan: ColumnPlan, _ index: Int, _ base: UnsafePointer<UInt8>, _ slice: ColumnSlice,
        to output: UnsafeMutablePointer<UInt8>, _ batch: inout RecordBatch
    ) throws(MappingError) -> UnsafeMutablePointer<UInt8> {
        switch slice.kind {
        case .null: return JSONValue.writeNull(to: output)
        case .text:
            let input = base + Int(slice.offset)
            let count = Int(slice.length)
            let end: UnsafeMutablePointer<UInt8>?
            if let array = plan.array {
                end = JSONArray.write(array, input, count, to: output, scratch: batch.scratchSpace(count))
            } else {
                end = JSONValue.write(plan.encoding, input, count, to: output)
            }
            guard let end else { throw malformed(index) }
            return end
        case .binary: throw .unexpectedBinary(column: relation.columns[index].name, table: table)
        case .unchangedTOAST: preconditionFailure("unchanged values are left out before they are written")
        }
    }

    @inline(never)
    private func malformed(_ index: Int) -> MappingError {
        let column = relation.columns[index]
        let encoding = columns[index].array?.element ?? columns[index].encoding
        if encoding == .epochMillis || encoding == .epochMicros {
            return .unrepresentable(column: column.name, table: table)
        }
        return .malformedValue(column: column.name, type: "with OID \(column.type)", table: table)
    }

    // MARK: Keys

    /// Appends the key's bytes and returns their number; negative for a record without a key.
    @inline(__always)
    private func appendKey(
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

extension RawSpan {
    /// The message's bytes; they stay where they are while their chunk is lent.
    @inline(__always)
    fileprivate var baseAddress: UnsafePointer<UInt8> {
        withUnsafeBytes { $0.baseAddress!.assumingMemoryBound(to: UInt8.self) }
    }
}
