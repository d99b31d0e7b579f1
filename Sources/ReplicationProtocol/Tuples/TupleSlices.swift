/// The columns of one decoded tuple, as places in its message; reused for every row, so decoding allocates nothing.
public struct TupleSlices: ~Copyable, @unchecked Sendable {
    // Sendable because this value is the only reference to its buffer, and it cannot be copied; memory of malloc's, which
    // the buffer is, belongs to no thread (malloc(3): MT-Safe).

    /// PostgreSQL's `MaxTupleAttributeNumber`.
    public static let maxColumns = 1664

    @usableFromInline let slices: UnsafeMutablePointer<ColumnSlice>
    public private(set) var count = 0

    public init() {
        slices = .allocate(capacity: Self.maxColumns)
    }

    deinit { slices.deallocate() }

    @inlinable
    public subscript(index: Int) -> ColumnSlice {
        precondition(index < count, "a tuple lends only columns that it has")
        return slices[index]
    }

    /// Bytes of all values together.
    public private(set) var byteCount = 0

    /// Decodes a TupleData at the cursor.
    /// <https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html>
    mutating func decode(_ cursor: inout WireCursor, _ bytes: RawSpan) throws(ProtocolError) {
        count = 0
        byteCount = 0
        let columns = Int(try cursor.uint16("column count", bytes))
        guard columns <= Self.maxColumns else { throw .tooManyColumns(count: columns) }
        var total = 0
        for index in 0..<columns {
            let start = cursor.offset
            let byte = try cursor.uint8("column kind", bytes)
            guard let kind = ColumnSlice.Kind(rawValue: byte) else {
                throw .unexpectedByte(field: "column kind", value: byte, offset: start)
            }
            switch kind {
            case .null, .unchangedTOAST:
                slices[index] = ColumnSlice(kind: kind)
            case .text, .binary:
                let length = try cursor.uint32("column length", bytes)
                guard length <= UInt32(Int32.max) else {
                    throw .negativeLength(field: "column value", offset: cursor.offset)
                }
                let offset = try cursor.advance(Int(length), "column value", bytes)
                slices[index] = ColumnSlice(kind: kind, offset: UInt32(truncatingIfNeeded: offset), length: length)
                total &+= Int(length)
            }
        }
        count = columns
        byteCount = total
    }

    mutating func removeAll() {
        count = 0
        byteCount = 0
    }

    /// Lends the first `count` slices, which another decoder has filled.
    mutating func setCount(_ count: Int, byteCount: Int) {
        self.count = count
        self.byteCount = byteCount
    }
}
