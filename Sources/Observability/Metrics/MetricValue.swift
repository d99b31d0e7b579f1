/// A sample as it is printed. An LSN is a 64-bit integer and a `Double` holds 53 bits, so integers stay integers.
public enum MetricValue: Hashable, Sendable {
    case integer(UInt64)
    case real(Double)
}

extension MetricValue {
    /// The text of the exposition format: integers exactly, the rest as Go's `ParseFloat` reads it.
    var text: String {
        switch self {
        case .integer(let value): "\(value)"
        case .real(let value): Self.text(of: value)
        }
    }

    private static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Every whole number below 2^53 is exact, and reads better without its ".0".
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return "\(whole)" }
        return "\(value)"
    }
}
