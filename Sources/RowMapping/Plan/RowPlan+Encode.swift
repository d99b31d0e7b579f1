internal import ReplicationProtocol

extension RowPlan {
    /// Rows up to this many bytes get their worst case reserved at once; larger ones are measured column by column,
    /// so that a row of 100 MB does not ask for 600.
    private static let measuredFrom = 16 * 1024

    /// Appends `tuple` as a JSON object, and `suffix` inside it behind the last column.
    ///
    /// - Parameters:
    ///   - old: the kind of old tuple that unchanged TOAST values may be taken from; nil where there is none.
    ///   - keyOnly: whether `tuple` is a key tuple, whose other columns are absent.
    @inline(__always)
    func appendObject(
        _ tuple: borrowing TupleSlices, filling old: OldTuple?, keyOnly: Bool, suffix: [UInt8],
        _ tuples: borrowing ChangeTuples, _ base: UnsafePointer<UInt8>, _ batch: inout RecordBatch
    ) throws(MappingError) {
        let start = batch.byteCount
        // All prefixes and all placeholders, wherever they come.
        let fixed = textLength &+ placeholder.count &* columnCount &+ 16 &+ suffix.count
        let total = tuples.new.byteCount &+ tuples.old.byteCount
        let isMeasured = total > Self.measuredFrom
        var output = batch.reserve(isMeasured ? fixed : fixed &+ JSONText.bound(total) &+ 16 &* columnCount)
        for index in 0..<columnCount {
            let plan = columns[index]
            if !plan.isIncluded || keyOnly && !plan.isIdentity { continue }
            var slice = tuple[index]
            if slice.kind == .unchangedTOAST {
                if let old, old == .full || old == .key && plan.isIdentity { slice = tuples.old[index] }
                if slice.kind == .unchangedTOAST {
                    if placeholder.isEmpty { continue }
                    output.update(from: text + plan.prefixOffset, count: plan.prefixLength)
                    (output + plan.prefixLength).update(from: placeholder, count: placeholder.count)
                    output += plan.prefixLength &+ placeholder.count
                    continue
                }
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
    }

    /// Turns the first comma into the opening brace and adds the closing one.
    @inline(__always)
    func close(
        _ end: UnsafeMutablePointer<UInt8>, _ batch: inout RecordBatch, from start: Int
    ) {
        let first = batch.bytes + start
        var end = end
        if end == first { end += 1 }
        first[0] = UInt8(ascii: "{")
        end[0] = UInt8(ascii: "}")
        batch.advance(to: end + 1)
    }

    static func bound(_ plan: ColumnPlan, _ base: UnsafePointer<UInt8>, _ slice: ColumnSlice) -> Int {
        let count = Int(slice.length)
        return JSONValue.bound(of: base + Int(slice.offset), count, isArray: plan.array != nil)
    }

    /// Writes the value behind its prefix.
    @inline(__always)
    func write(
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
}

extension RawSpan {
    /// The message's bytes; they stay where they are while their chunk is lent.
    @inline(__always)
    var baseAddress: UnsafePointer<UInt8> {
        withUnsafeBytes { $0.baseAddress!.assumingMemoryBound(to: UInt8.self) }
    }
}
