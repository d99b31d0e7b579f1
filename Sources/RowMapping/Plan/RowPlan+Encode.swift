internal import ReplicationProtocol

extension RowPlan {
    /// Rows up to this many bytes get their worst case reserved at once; larger ones are measured column by column,
    /// so that a row of 100 MB does not ask for 600.
    private static let measuredFrom = 16 * 1024

    /// Appends the row as a JSON object, and `suffix` inside it behind the last column.
    ///
    /// - Parameter keyOnly: whether the row is a key tuple, in which NULL of other columns stands for "not sent".
    /// - Returns: whether columns were left out since their values were not sent.
    @inline(__always)
    func appendObject(
        _ row: Row, keyOnly: Bool, suffix: [UInt8], _ tuples: borrowing ChangeTuples,
        _ context: borrowing ChangeContext, _ batch: inout RecordBatch
    ) throws(MappingError) -> Bool {
        let start = batch.byteCount
        // All prefixes, placeholders and masks, wherever they come.
        let fixed = textLength &+ placeholder.count &* columnCount &+ maskSlack &+ 16 &+ suffix.count
        let total = tuples.new.byteCount &+ tuples.old.byteCount
        let isMeasured = total > Self.measuredFrom
        var output = batch.reserve(isMeasured ? fixed : fixed &+ JSONText.bound(total) &+ 16 &* columnCount)
        var leftOut = false
        for index in 0..<columnCount {
            let plan = columns[index]
            if !plan.isIncluded { continue }
            var slice = row.source == .new ? tuples.new[index] : tuples.old[index]
            if keyOnly, !plan.isIdentity, slice.kind == .null { continue }
            if slice.kind == .unchangedTOAST {
                slice = self.slice(index, row, tuples)
                if slice.kind == .unchangedTOAST {
                    if reselects, context.reselected == nil {
                        throw .unfetchedColumns(unfetched(row, tuples))
                    }
                    if placeholder.isEmpty {
                        leftOut = true
                        continue
                    }
                    output.update(from: text + plan.prefixOffset, count: plan.prefixLength)
                    (output + plan.prefixLength).update(from: placeholder, count: placeholder.count)
                    output += plan.prefixLength &+ placeholder.count
                    continue
                }
            }
            if isMeasured {
                batch.advance(to: output)
                output = batch.reserve(fixed &+ bound(plan, row.base, slice))
            }
            output.update(from: text + plan.prefixOffset, count: plan.prefixLength)
            output = try write(plan, index, row.base, slice, to: output + plan.prefixLength, &batch)
        }
        if !suffix.isEmpty {
            output.update(from: suffix, count: suffix.count)
            output += suffix.count
        }
        close(output, &batch, from: start)
        return leftOut
    }

    /// The value's columns that the change does not carry.
    @inline(never)
    private func unfetched(_ row: Row, _ tuples: borrowing ChangeTuples) -> [Int] {
        var indexes: [Int] = []
        for index in 0..<columnCount
        where columns[index].isIncluded && slice(index, row, tuples).kind == .unchangedTOAST {
            indexes.append(index)
        }
        return indexes
    }

    /// Appends the value's columns with their texts as JSON strings, whatever their types; masked ones are left out.
    ///
    /// - Parameter old: the kind of old tuple that the columns are taken from; nil takes them from the new one.
    func appendTexts(
        of old: OldTuple?, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan, _ batch: inout RecordBatch
    ) {
        let start = batch.byteCount
        let isOld = old != nil
        let kind = old.map { self.kind(of: $0) }
        let count = isOld ? tuples.old.count : tuples.new.count
        for index in 0..<min(count, columnCount) where columns[index].isIncluded && columns[index].mask < 0 {
            let slice = isOld ? tuples.old[index] : tuples.new[index]
            // NULL in a key tuple says nothing of other columns.
            if kind == .key, slice.kind == .null, !columns[index].isIdentity { continue }
            guard slice.kind == .text || slice.kind == .null else { continue }
            batch.append(text + columns[index].prefixOffset, columns[index].prefixLength)
            let input = bytes.baseAddress + Int(slice.offset)
            let output = batch.reserve(JSONValue.bound(of: input, Int(slice.length), isArray: false))
            batch.advance(
                to: slice.kind == .null
                    ? JSONValue.writeNull(to: output) : JSONValue.writeString(input, Int(slice.length), to: output))
        }
        close(batch.reserve(16), &batch, from: start)
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

    func bound(_ plan: ColumnPlan, _ base: UnsafePointer<UInt8>, _ slice: ColumnSlice) -> Int {
        let count = Int(slice.length)
        if plan.mask >= 0 { return JSONText.bound(masks[plan.mask].bound(count)) &+ 16 }
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
            if plan.mask >= 0 {
                end = writeMasked(masks[plan.mask], input, count, to: output, &batch)
            } else if let array = plan.array {
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

    /// Writes what stands for a value as a JSON string.
    @inline(never)
    private func writeMasked(
        _ mask: Mask, _ input: UnsafePointer<UInt8>, _ count: Int, to output: UnsafeMutablePointer<UInt8>,
        _ batch: inout RecordBatch
    ) -> UnsafeMutablePointer<UInt8> {
        let masked = batch.scratchSpace(mask.bound(count))
        return JSONValue.writeString(masked, mask.write(input, count, to: masked), to: output)
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
