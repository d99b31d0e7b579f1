/// The bytes that mean something in the text format of COPY.
enum CopyByte {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let backslash = UInt8(ascii: "\\")
    /// What stands behind a backslash for a value that is NULL.
    static let null = UInt8(ascii: "N")

    @inline(__always)
    static func endsValue(_ byte: UInt8) -> Bool { byte == tab || byte == lineFeed }

    /// The offset of the first tab, line feed or backslash from `start` on; the line's end where there is none.
    @inline(__always)
    static func firstSpecial(in line: UnsafeMutableRawBufferPointer, from start: Int) -> Int {
        var offset = start
        // Eight bytes at a time, as long as none of them can be one of the three. Both tests say exactly whether some
        // byte of the word is below 11 (which holds for few texts), or is a backslash.
        while offset &+ 8 <= line.count {
            let word = line.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let slashes = word ^ (ones &* UInt64(backslash))
            let found = ((word &- ones &* 11) & ~word | (slashes &- ones) & ~slashes) & highs
            if found != 0 { break }
            offset &+= 8
        }
        while offset < line.count {
            let byte = line[offset]
            if byte == tab || byte == lineFeed || byte == backslash { break }
            offset &+= 1
        }
        return offset
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Resolves a value's escapes in place, from its first backslash on.
    ///
    /// - Parameters:
    ///   - source: where the first backslash stands; afterwards the value's end in the line, or a malformed escape.
    ///   - target: where its byte goes; afterwards the end of the value's own bytes.
    /// - Returns: false for a malformed escape.
    static func resolveEscapes(
        in line: UnsafeMutableRawBufferPointer, from source: inout Int, to target: inout Int
    ) -> Bool {
        while source < line.count, line[source] == backslash {
            guard source &+ 1 < line.count, let byte = resolved(line[source &+ 1]) else { return false }
            line[target] = byte
            target &+= 1
            source &+= 2
            let plain = firstSpecial(in: line, from: source) &- source
            if plain > 0 {
                // The bytes may overlap; memmove, which this is, allows it.
                UnsafeMutableRawBufferPointer(rebasing: line[target..<target &+ plain])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: line[source..<source &+ plain]))
                target &+= plain
                source &+= plain
            }
        }
        return true
    }

    /// What `CopyAttributeOutText` of the server writes behind a backslash, and nothing that COPY FROM would also take.
    private static func resolved(_ escape: UInt8) -> UInt8? {
        switch escape {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "v"): 0x0B
        case backslash: backslash
        default: nil
        }
    }
}
