/// A date or timestamp, read as PostgreSQL prints it with `DateStyle` ISO: `2026-11-22`, `2026-11-22 10:00:00.5+00`,
/// `0044-03-15 12:00:00 BC`.
/// <https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-OUTPUT>
struct TimestampFields {
    /// As printed; ``isBC`` says on which side.
    var year: Int64
    var month: Int64
    var day: Int64
    /// False for a date.
    var hasTime = false
    var hour: Int64 = 0
    var minute: Int64 = 0
    var second: Int64 = 0
    var microsecond: Int64 = 0
    /// Seconds east of UTC; nil where no zone is printed.
    var zone: Int64?
    var isBC = false

    /// - Returns: nil for the infinities and for text that is neither a date nor a timestamp.
    @inline(__always)
    init?(_ input: UnsafePointer<UInt8>, _ count: Int) {
        var reader = DigitReader(input, count)
        guard let year = reader.number(), reader.skip("-"), let month = reader.number(), (1...12).contains(month),
            reader.skip("-"), let day = reader.number(), (1...31).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        var hasSpace = reader.skip(" ")
        if hasSpace, let hour = reader.number() {
            guard reader.skip(":"), let minute = reader.number(), reader.skip(":"), let second = reader.number() else {
                return nil
            }
            hasTime = true
            self.hour = hour
            self.minute = minute
            self.second = second
            if reader.skip(".") {
                guard let fraction = reader.fraction() else { return nil }
                microsecond = fraction
            }
            let isEast = reader.skip("+")
            if isEast || reader.skip("-") {
                guard let hours = reader.number() else { return nil }
                let minutes = reader.skip(":") ? reader.number() ?? 0 : 0
                let seconds = reader.skip(":") ? reader.number() ?? 0 : 0
                let offset = (hours * 60 + minutes) * 60 + seconds
                zone = isEast ? offset : -offset
            }
            hasSpace = reader.skip(" ")
        }
        if hasSpace {
            guard reader.skip("B"), reader.skip("C") else { return nil }
            isBC = true
        }
        guard reader.isAtEnd else { return nil }
    }

    /// Without the fraction; a time without a zone is taken as UTC.
    @inline(__always)
    var secondsSinceUnixEpoch: Int64 {
        // There is no year 0: 1 BC comes before 1 AD.
        let days = Self.daysSinceUnixEpoch(year: isBC ? 1 - year : year, month: month, day: day)
        return days * 86_400 + (hour * 60 + minute) * 60 + second - (zone ?? 0)
    }

    /// Whether the day exists and the clock shows the time: to be asked of what a person wrote.
    var isOnCalendar: Bool {
        guard year > 0, hour < 24, minute < 60, second < 60, abs(zone ?? 0) < 16 * 3600 else { return false }
        let year = isBC ? 1 - year : year
        let first = Self.daysSinceUnixEpoch(year: year, month: month, day: 1)
        let next = Self.daysSinceUnixEpoch(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1)
        return day <= next - first
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

    /// The date of a day from 1970 on; the other way round of what is above.
    static func date(daysSinceUnixEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (
            yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
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
