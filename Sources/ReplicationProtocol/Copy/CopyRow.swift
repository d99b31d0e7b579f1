/// One row of `COPY (SELECT ctid, …) TO STDOUT` in text format, in the form that pgoutput's rows are decoded to.
///
/// Reused for every row, so decoding allocates nothing: escapes are resolved in place, in libpq's own buffer.
/// <https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2>
public struct CopyRow: ~Copyable, Sendable {
    /// The row's first column.
    public private(set) var tupleID = TupleID(page: 0, item: 0)
    /// The other columns, as the new tuple of an INSERT.
    public private(set) var tuples = ChangeTuples()

    public init() {}

    /// Decodes a line, its line feed included. The places in ``tuples`` are places in `line`.
    ///
    /// - Parameters:
    ///   - line: is written to: what was escaped is left there as the value's own bytes.
    ///   - columns: how many columns were asked for behind the `ctid`.
    public mutating func decode(
        _ line: UnsafeMutableRawBufferPointer, columns: Int
    ) throws(CopyRowError) {
        guard line.count <= Int(Int32.max) else { throw .tooLong(length: line.count) }
        var offset = try decodeTupleID(UnsafeRawBufferPointer(line))
        try tuples.new.decodeCopy(line, &offset, columns: columns)
    }

    /// - Returns: the offset behind the `ctid` and the byte that ends it.
    private mutating func decodeTupleID(
        _ line: UnsafeRawBufferPointer
    ) throws(CopyRowError) -> Int {
        var offset = 0
        guard Self.skip(UInt8(ascii: "("), line, &offset), let page = Self.number(line, &offset),
            Self.skip(UInt8(ascii: ","), line, &offset), let item = Self.number(line, &offset),
            Self.skip(UInt8(ascii: ")"), line, &offset), page <= UInt64(UInt32.max), item <= UInt64(UInt16.max)
        else { throw .malformedTupleID }
        tupleID = TupleID(page: UInt32(page), item: UInt16(item))
        return offset
    }

    private static func skip(_ byte: UInt8, _ line: UnsafeRawBufferPointer, _ offset: inout Int) -> Bool {
        guard offset < line.count, line[offset] == byte else { return false }
        offset += 1
        return true
    }

    /// A decimal number of at most 10 digits, which cannot overflow.
    private static func number(_ line: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt64? {
        let start = offset
        var value: UInt64 = 0
        while offset < line.count, offset - start < 10, case let digit = line[offset] &- UInt8(ascii: "0"), digit < 10 {
            value = value * 10 + UInt64(digit)
            offset += 1
        }
        return offset > start ? value : nil
    }
}
