/// Tells UTF-8 from what is none, without a String. <https://www.rfc-editor.org/rfc/rfc3629>
enum UTF8Text {
    /// Whether the bytes are UTF-8 from the first to the last.
    static func isValid(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var next = 0
        while next < count {
            // Eight bytes of ASCII at a time, which most text is.
            if count - next >= 8,
                UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: next, as: UInt64.self) & highBits == 0
            {
                next += 8
                continue
            }
            let length = scalarLength(bytes + next, count - next)
            guard length > 0 else { return false }
            next += length
        }
        return true
    }

    /// The bytes of the scalar at the beginning; 0 where there is none, or only a part of one.
    ///
    /// - Parameter count: at least 1.
    static func scalarLength(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        let length: Int
        // What the second byte may be keeps out overlong forms, surrogates and what lies beyond U+10FFFF.
        let second: ClosedRange<UInt8>
        switch bytes[0] {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard length <= count, second.contains(bytes[1]) else { return 0 }
        for index in 2..<length where bytes[index] & 0xC0 != 0x80 { return 0 }
        return length
    }

    private static let highBits: UInt64 = 0x8080_8080_8080_8080
}
