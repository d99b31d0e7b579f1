/// Reads hexadecimal digits, as PostgreSQL prints a bytea's bytes.
enum Hexadecimal {
    /// Writes the bytes that the digits stand for.
    ///
    /// - Returns: nil where they are not hexadecimal or half a byte is left.
    static func decode(
        _ digits: UnsafePointer<UInt8>, _ count: Int, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8>? {
        guard count % 2 == 0 else { return nil }
        for index in 0..<count / 2 {
            guard let byte = byte(digits[2 * index], digits[2 * index + 1]) else { return nil }
            output[index] = byte
        }
        return output + count / 2
    }

    @inline(__always)
    static func byte(_ high: UInt8, _ low: UInt8) -> UInt8? {
        guard let high = digit(high), let low = digit(low) else { return nil }
        return high << 4 | low
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
