/// Reads a timestamp as PostgreSQL prints it (see ``TimestampFields``) into one number.
enum TimestampText {
    /// - Returns: nil for the infinities, for what 64 bits do not hold, and for text that is no timestamp.
    static func microsecondsSinceUnixEpoch(_ input: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        guard let fields = TimestampFields(input, count), fields.hasTime else { return nil }
        let (scaled, overflow) = fields.secondsSinceUnixEpoch.multipliedReportingOverflow(by: 1_000_000)
        let (total, carry) = scaled.addingReportingOverflow(fields.microsecond)
        return overflow || carry ? nil : total
    }
}
