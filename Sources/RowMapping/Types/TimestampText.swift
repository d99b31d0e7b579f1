/// Reads a timestamp as PostgreSQL prints it with `DateStyle` ISO: `2026-11-22 10:00:00.5+00`, `0044-03-15 12:00:00 BC`.
/// <https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-OUTPUT>
enum TimestampText {
    /// - Returns: nil for the infinities, for what 64 bits do not hold, and for text that is no timestamp.
    static func microsecondsSinceUnixEpoch(_ input: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        var reader = DigitReader(input, count)
        guard let printedYear = reader.number(), reader.skip("-"), let month = reader.number(),
            (1...12).contains(month),
            reader.skip("-"), let day = reader.number(), (1...31).contains(day), reader.skip(" "),
            let hour = reader.number(), reader.skip(":"), let minute = reader.number(), reader.skip(":"),
            let second = reader.number()
        else { return nil }
        var microseconds: Int64 = 0
        if reader.skip(".") {
            guard let fraction = reader.fraction() else { return nil }
            microseconds = fraction
        }
        var offset: Int64 = 0
        let isEast = reader.skip("+")
        if isEast || reader.skip("-") {
            guard let hours = reader.number() else { return nil }
            let minutes = reader.skip(":") ? reader.number() ?? 0 : 0
            let seconds = reader.skip(":") ? reader.number() ?? 0 : 0
            offset = (hours * 60 + minutes) * 60 + seconds
            if !isEast { offset = -offset }
        }
        let isBC = reader.skip(" ") && reader.skip("B") && reader.skip("C")
        guard reader.isAtEnd else { return nil }
        // There is no year 0: 1 BC comes before 1 AD.
        let days = daysSinceUnixEpoch(year: isBC ? 1 - printedYear : printedYear, month: month, day: day)
        let clock = (hour * 60 + minute) * 60 + second - offset
        let (scaled, overflow) = (days * 86_400 + clock).multipliedReportingOverflow(by: 1_000_000)
        let (total, carry) = scaled.addingReportingOverflow(microseconds)
        return overflow || carry ? nil : total
    }

    /// Days in the proleptic Gregorian calendar, counted in eras of 400 years that begin in March.
    private static func daysSinceUnixEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private struct DigitReader {
        private var next: UnsafePointer<UInt8>
        private let end: UnsafePointer<UInt8>

        init(_ input: UnsafePointer<UInt8>, _ count: Int) {
            next = input
            end = input + count
        }

        var isAtEnd: Bool { next == end }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard next < end, next.pointee == UInt8(ascii: character) else { return false }
            next += 1
            return true
        }

        /// At most nine digits, which no field of a timestamp exceeds.
        mutating func number() -> Int64? {
            var value: Int64 = 0
            var digits = 0
            while next < end, next.pointee &- UInt8(ascii: "0") < 10, digits < 9 {
                value = value * 10 + Int64(next.pointee - UInt8(ascii: "0"))
                next += 1
                digits += 1
            }
            return digits > 0 ? value : nil
        }

        /// One to six digits behind the point, as microseconds.
        mutating func fraction() -> Int64? {
            let start = next
            guard var value = number() else { return nil }
            let digits = next - start
            guard digits <= 6 else { return nil }
            for _ in digits..<6 { value *= 10 }
            return value
        }
    }
}
