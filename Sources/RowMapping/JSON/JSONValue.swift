/// Writes one value, as PostgreSQL prints it, as a JSON value.
enum JSONValue {
    /// What a value of `count` bytes can become at most, quotes included. Arrays of short strings double, and each
    /// byte that needs an escape takes six.
    @inline(__always)
    static func bound(_ count: Int) -> Int { JSONText.bound(count) &+ 16 }

    /// A tighter bound for a large value, from a look at its bytes; in an array each `f,` becomes `false,`.
    static func bound(of input: UnsafePointer<UInt8>, _ count: Int, isArray: Bool) -> Int {
        (isArray ? 3 : 1) &* count &+ 6 &* JSONText.specialCount(input, count) &+ 16
    }

    /// - Returns: nil where the text is not what the type prints.
    @inline(__always)
    static func write(
        _ encoding: ValueEncoding, _ input: UnsafePointer<UInt8>, _ count: Int,
        to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8>? {
        switch encoding {
        case .integer, .json:
            output.update(from: input, count: count)
            return output + count
        case .string: return writeString(input, count, to: output)
        case .plainString:
            return quote(input, count, to: output)
        case .decimal:
            // Every finite number ends in a digit; `NaN` and `Infinity` do not.
            guard count > 0, input[count - 1] &- UInt8(ascii: "0") < 10 else { return quote(input, count, to: output) }
            output.update(from: input, count: count)
            return output + count
        case .decimalOrNull:
            guard count > 0, input[count - 1] &- UInt8(ascii: "0") < 10 else { return writeNull(to: output) }
            output.update(from: input, count: count)
            return output + count
        case .epochMillis, .epochMicros:
            guard let microseconds = TimestampText.microsecondsSinceUnixEpoch(input, count) else { return nil }
            return integer(encoding == .epochMicros ? microseconds : floorDivide(microseconds, by: 1000), to: output)
        case .boolean:
            guard count == 1 else { return nil }
            return boolean(input[0], to: output)
        case .timestamp:
            return timestamp(input, count, zone: false, to: output)
        case .timestamptz:
            return timestamp(input, count, zone: true, to: output)
        case .bytea:
            guard count >= 2, input[0] == JSONText.backslash, input[1] == UInt8(ascii: "x") else { return nil }
            output[0] = JSONText.quote
            guard let end = Base64.write(hex: input + 2, count - 2, to: output + 1) else { return nil }
            end[0] = JSONText.quote
            return end + 1
        }
    }

    /// Any text as a string.
    @inline(__always)
    static func writeString(
        _ input: UnsafePointer<UInt8>, _ count: Int, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        output[0] = JSONText.quote
        let end = JSONText.write(input, count, to: output + 1)
        end[0] = JSONText.quote
        return end + 1
    }

    @inline(__always)
    static func writeNull(to output: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        // "null", little-endian.
        UnsafeMutableRawPointer(output).storeBytes(of: UInt32(0x6C6C_756E).littleEndian, as: UInt32.self)
        return output + 4
    }

    @inline(__always)
    private static func quote(
        _ input: UnsafePointer<UInt8>, _ count: Int, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        output[0] = JSONText.quote
        (output + 1).update(from: input, count: count)
        output[count + 1] = JSONText.quote
        return output + count + 2
    }

    /// Rounds toward the past, so that times before 1970 keep their order.
    private static func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    private static func integer(
        _ value: Int64, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var output = output
        var rest = value.magnitude
        if value < 0 {
            output[0] = UInt8(ascii: "-")
            output += 1
        }
        var digits = 1
        var power: UInt64 = 10
        while digits < 19, rest >= power {
            digits += 1
            power *= 10
        }
        for position in stride(from: digits - 1, through: 0, by: -1) {
            output[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        return output + digits
    }

    @inline(__always)
    private static func boolean(
        _ byte: UInt8, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8>? {
        switch byte {
        case UInt8(ascii: "t"):
            // "true", little-endian.
            UnsafeMutableRawPointer(output).storeBytes(of: UInt32(0x6575_7274).littleEndian, as: UInt32.self)
            return output + 4
        case UInt8(ascii: "f"):
            // "fals", little-endian.
            UnsafeMutableRawPointer(output).storeBytes(of: UInt32(0x736C_6166).littleEndian, as: UInt32.self)
            output[4] = UInt8(ascii: "e")
            return output + 5
        default: return nil
        }
    }

    /// `2026-11-22 10:00:00.5+00` becomes `2026-11-22T10:00:00.5Z`. Infinities and years BC stay PostgreSQL's text:
    /// ISO 8601 has no such form that others read.
    @inline(__always)
    private static func timestamp(
        _ input: UnsafePointer<UInt8>, _ count: Int, zone: Bool, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let end = quote(input, count, to: output)
        // Of the three forms only a date of our era ends in a digit.
        guard count >= 19, input[count - 1] &- UInt8(ascii: "0") < 10 else { return end }
        // The date is as long as its year; the blank stands behind it.
        var blank = 10
        while blank < count, input[blank] != UInt8(ascii: " ") { blank += 1 }
        guard blank < count else { return end }
        output[1 + blank] = UInt8(ascii: "T")
        guard zone, input[count - 3] == UInt8(ascii: "+"), input[count - 2] == UInt8(ascii: "0"),
            input[count - 1] == UInt8(ascii: "0")
        else { return end }
        output[count - 2] = UInt8(ascii: "Z")
        output[count - 1] = JSONText.quote
        return output + count
    }
}
