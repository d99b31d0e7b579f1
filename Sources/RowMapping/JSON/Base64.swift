/// Writes bytes, or a bytea's hexadecimal text, as base64. <https://www.rfc-editor.org/rfc/rfc4648#section-4>
enum Base64 {
    /// - Parameter hex: the digits behind `\x`.
    /// - Returns: nil where the digits are not hexadecimal or a half byte is left.
    static func write(
        hex: UnsafePointer<UInt8>, _ count: Int, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8>? {
        guard count % 2 == 0 else { return nil }
        var output = output
        var index = 0
        var bits: UInt32 = 0
        var held = 0
        while index < count {
            guard let byte = Hexadecimal.byte(hex[index], hex[index + 1]) else { return nil }
            bits = bits << 8 | UInt32(byte)
            held += 1
            index += 2
            if held == 3 {
                output = write(bits, 4, to: output)
                bits = 0
                held = 0
            }
        }
        if held > 0 {
            output = write(bits << (held == 1 ? 16 : 8), held + 1, to: output)
            for _ in held..<3 {
                output[0] = UInt8(ascii: "=")
                output += 1
            }
        }
        return output
    }

    /// Writes bytes as base64.
    static func write(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var output = output
        for start in stride(from: 0, to: count, by: 3) {
            let held = min(3, count - start)
            var bits: UInt32 = 0
            for index in 0..<3 { bits = bits << 8 | (index < held ? UInt32(bytes[start + index]) : 0) }
            output = write(bits, held + 1, to: output)
            for _ in held..<3 {
                output[0] = UInt8(ascii: "=")
                output += 1
            }
        }
        return output
    }

    @inline(__always)
    private static func write(
        _ bits: UInt32, _ characters: Int, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        for position in 0..<characters {
            output[position] = character(UInt8(truncatingIfNeeded: bits >> (18 - 6 * UInt32(position))) & 63)
        }
        return output + characters
    }

    @inline(__always)
    private static func character(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
