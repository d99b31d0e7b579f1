import ReplicationProtocol

/// Lines of COPY's text format, and what they are decoded to.
enum CopyLine {
    /// As `CopyAttributeOutText` of the server writes a value.
    static func escaped(_ value: [UInt8]?) -> [UInt8] {
        guard let value else { return Array("\\N".utf8) }
        let letters: [UInt8: Character] = [8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 0x5C: "\\"]
        return value.flatMap { byte in letters[byte].map { Array("\\\($0)".utf8) } ?? [byte] }
    }

    static func line(_ values: [[UInt8]?]) -> [UInt8] { values.map(escaped).joined(separator: [9]) + [10] }

    /// The row's values; nil is NULL.
    static func decode(_ line: [UInt8], columns: Int) throws(CopyRowError) -> [[UInt8]?] {
        // Exactly as large as the line, so that a sanitizer sees a byte too far.
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: line.count, alignment: 1)
        defer { bytes.deallocate() }
        bytes.copyBytes(from: line)
        var row = CopyRow()
        try row.decode(bytes, columns: columns)
        var values: [[UInt8]?] = []
        for index in 0..<row.tuples.new.count {
            let slice = row.tuples.new[index]
            values.append(slice.kind == .null ? nil : Array(bytes[slice.range]))
        }
        return values
    }
}
