internal import ReplicationProtocol

/// Writes what a ``Template/Field`` stands for. Nothing is allocated.
enum FieldText {
    /// No field writes more: a time takes 27 bytes, the two halves of an LSN 17.
    static let bound = 32

    static func write(_ number: UInt64, to output: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        var digits = 1
        var power: UInt64 = 10
        while digits < 20, number >= power {
            digits += 1
            // 10^19 is the last power that 64 bits hold, and every number has at most 20 digits.
            guard digits < 20 else { break }
            power *= 10
        }
        write(number, digits, to: output)
        return output + digits
    }

    /// As PostgreSQL prints it: `16/B374D848`.
    static func write(_ lsn: LSN, to output: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        let middle = hexadecimal(UInt32(truncatingIfNeeded: lsn.rawValue >> 32), to: output)
        middle[0] = UInt8(ascii: "/")
        return hexadecimal(UInt32(truncatingIfNeeded: lsn.rawValue), to: middle + 1)
    }

    /// ISO 8601 in UTC with all six digits: `2026-11-22T10:00:00.123456Z`.
    static func write(_ time: ServerTime, to output: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        // PostgreSQL's timestamps lie between 4713 BC and 294276; only what no server sends could overflow.
        let microseconds = min(max(time.microsecondsSinceUnixEpoch, 0), 253_402_300_799_999_999)
        let (days, rest) = microseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
        let date = TimestampFields.date(daysSinceUnixEpoch: days)
        var output = output
        func part(_ value: Int64, _ digits: Int, _ separator: Unicode.Scalar) {
            write(UInt64(value), digits, to: output)
            output[digits] = UInt8(ascii: separator)
            output += digits + 1
        }
        part(date.year, 4, "-")
        part(date.month, 2, "-")
        part(date.day, 2, "T")
        part(rest / 3_600_000_000, 2, ":")
        part(rest / 60_000_000 % 60, 2, ":")
        part(rest / 1_000_000 % 60, 2, ".")
        part(rest % 1_000_000, 6, "Z")
        return output
    }

    /// Exactly `digits` digits, with zeros in front.
    private static func write(_ number: UInt64, _ digits: Int, to output: UnsafeMutablePointer<UInt8>) {
        var rest = number
        for position in stride(from: digits - 1, through: 0, by: -1) {
            output[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    private static func hexadecimal(
        _ number: UInt32, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let digits = max(1, (35 - number.leadingZeroBitCount) / 4)
        for position in 0..<digits {
            let digit = UInt8(truncatingIfNeeded: number >> (4 * UInt32(digits - 1 - position))) & 15
            output[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
        }
        return output + digits
    }
}
