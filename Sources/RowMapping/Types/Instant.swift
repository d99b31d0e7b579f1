/// A point in time with PostgreSQL's whole range, the infinities included: what 64 bits of microseconds since 1970 do
/// not hold.
struct Instant: Comparable {
    /// Since 1970; the extremes stand for the infinities, which no date comes near.
    var seconds: Int64
    var microsecond: Int64

    /// - Returns: nil for text that is neither a date nor a timestamp.
    @inline(__always)
    init?(_ input: UnsafePointer<UInt8>, _ count: Int) {
        microsecond = 0
        if let fields = TimestampFields(input, count) {
            seconds = fields.secondsSinceUnixEpoch
            microsecond = fields.microsecond
        } else if Self.reads(input, count, "infinity") {
            seconds = .max
        } else if Self.reads(input, count, "-infinity") {
            seconds = .min
        } else {
            return nil
        }
    }

    private static func reads(_ input: UnsafePointer<UInt8>, _ count: Int, _ name: StaticString) -> Bool {
        name.utf8CodeUnitCount == count
            && UnsafeBufferPointer(start: input, count: count)
                .elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: count))
    }

    @inline(__always)
    static func < (left: Instant, right: Instant) -> Bool {
        left.seconds == right.seconds ? left.microsecond < right.microsecond : left.seconds < right.seconds
    }
}
