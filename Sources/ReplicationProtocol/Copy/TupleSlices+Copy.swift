extension TupleSlices {
    /// Decodes a line of `COPY … TO STDOUT`: columns with a tab between them, and a line feed behind the last.
    ///
    /// The server ends values with a tab or a line feed, and writes those bytes inside a value, and the backslash, as
    /// escapes, so nothing else has to be looked for. All bytes of UTF-8 beyond ASCII pass unlooked at.
    mutating func decodeCopy(_ line: UnsafeMutableRawBufferPointer, columns: Int) throws(CopyRowError) {
        removeAll()
        guard columns <= Self.maxColumns else { throw .columnCount(expected: columns, found: Self.maxColumns) }
        var found = 0
        var total = 0
        var offset = 0
        while found < columns {
            if found > 0 {
                // What ends a value is a tab or a line feed; behind the last one it is looked at below.
                guard offset < line.count else { throw .unended(length: line.count) }
                guard line[offset] == CopyByte.tab else { throw .columnCount(expected: columns, found: found) }
                offset &+= 1
            }
            let start = offset
            var end = CopyByte.firstSpecial(in: line, from: start)
            var next = end
            if end < line.count, line[end] == CopyByte.backslash {
                if end == start, end &+ 1 < line.count, line[end &+ 1] == CopyByte.null {
                    // Not a value that looks like it: that one's backslash is doubled.
                    offset = start &+ 2
                    guard offset < line.count else { throw .unended(length: line.count) }
                    guard CopyByte.endsValue(line[offset]) else {
                        throw .malformedEscape(column: found, offset: start)
                    }
                    slices[found] = ColumnSlice(kind: .null)
                    found &+= 1
                    continue
                }
                guard CopyByte.resolveEscapes(in: line, from: &next, to: &end) else {
                    throw .malformedEscape(column: found, offset: next)
                }
            }
            let length = end &- start
            slices[found] = ColumnSlice(
                kind: .text, offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: length))
            total &+= length
            found &+= 1
            offset = next
        }
        guard offset < line.count else { throw .unended(length: line.count) }
        guard line[offset] == CopyByte.lineFeed else { throw .columnCount(expected: columns, found: columns + 1) }
        guard offset &+ 1 == line.count else { throw .trailingBytes(count: line.count - offset - 1) }
        setCount(found, byteCount: total)
    }
}
