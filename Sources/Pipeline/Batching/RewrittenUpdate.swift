internal import ReplicationProtocol

/// An UPDATE's frame with values in place of some that it left out; or an INSERT's, which the server makes of an UPDATE
/// that brings a row into a publication's filter.
enum RewrittenUpdate {
    /// - Parameters:
    ///   - frame: the change as it came, which has left `tuples`.
    ///   - old: nil for an INSERT.
    ///   - values: by column index; nil stands for NULL.
    static func frame(
        _ frame: RawSpan, relation: OID, old: OldTuple?, _ tuples: borrowing ChangeTuples,
        with values: [Int: [UInt8]?]
    ) -> [UInt8] {
        frame.withUnsafeBytes { bytes in
            var output = Array(bytes[..<StreamFrame.walDataHeaderLength])
            output.reserveCapacity(bytes.count + values.values.reduce(0) { $0 + ($1?.count ?? 0) + 5 })
            output.append(old == nil ? UInt8(ascii: "I") : UInt8(ascii: "U"))
            append(relation.rawValue, to: &output)
            if let old, old != .none {
                output.append(old.rawValue)
                append(tuples.old, bytes, [:], to: &output)
            }
            output.append(UInt8(ascii: "N"))
            append(tuples.new, bytes, values, to: &output)
            return output
        }
    }

    /// A TupleData. <https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html>
    private static func append(
        _ tuple: borrowing TupleSlices, _ bytes: UnsafeRawBufferPointer, _ values: [Int: [UInt8]?],
        to output: inout [UInt8]
    ) {
        append(UInt16(tuple.count), to: &output)
        for index in 0..<tuple.count {
            let slice = tuple[index]
            if let value = values[index] {
                if let value {
                    output.append(ColumnSlice.Kind.text.rawValue)
                    append(UInt32(value.count), to: &output)
                    output += value
                } else {
                    output.append(ColumnSlice.Kind.null.rawValue)
                }
                continue
            }
            output.append(slice.kind.rawValue)
            if slice.kind == .text || slice.kind == .binary {
                append(slice.length, to: &output)
                output += bytes[slice.range]
            }
        }
    }

    private static func append(_ value: some FixedWidthInteger, to output: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { output += $0 }
    }
}
