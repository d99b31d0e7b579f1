/// Durations as Go writes them: `200ms`, `1m30s`, `1.5h`. https://pkg.go.dev/time#ParseDuration
enum DurationText {
    private static let units: [(name: String, nanoseconds: UInt128)] = [
        ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
        ("us", 1_000), ("\u{B5}s", 1_000), ("\u{3BC}s", 1_000), ("ns", 1),
    ]

    /// What ``parse(_:bareUnit:)`` reads, as an alternative of a regular expression.
    static let pattern =
        #"0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(\#(units.map(\.name).joined(separator: "|"))))+"#

    /// Go's own bound, about 292 years.
    private static let largest = UInt128(Int64.max)

    /// Reads a duration; `bareUnit` is the unit of a number that stands alone, nil if it needs one.
    static func parse(_ text: String, bareUnit: String? = nil) throws(ValueError) -> Duration {
        var rest = Array(text.unicodeScalars)[...]
        if text == "0" { return .zero }
        if let bareUnit, !rest.isEmpty, rest.allSatisfy(isDigit) { rest += Array(bareUnit.unicodeScalars) }
        var nanoseconds: UInt128 = 0
        let malformed = ValueError("must be a duration such as 200ms, 10s or 1m30s")
        if rest.isEmpty { throw malformed }
        while !rest.isEmpty {
            let whole = take(&rest, while: isDigit)
            var fraction = [Unicode.Scalar]()
            if rest.first == "." {
                rest.removeFirst()
                fraction = take(&rest, while: isDigit)
                if fraction.isEmpty, whole.isEmpty { throw malformed }
            }
            if whole.isEmpty, fraction.isEmpty { throw malformed }
            let unit = String(String.UnicodeScalarView(take(&rest) { !isDigit($0) && $0 != "." }))
            if unit.isEmpty { throw ValueError("needs a unit: ns, us, ms, s, m or h") }
            guard let scale = units.first(where: { $0.name == unit })?.nanoseconds else { throw malformed }
            // 18 digits are more than any duration needs, and keep the products below in 128 bits.
            guard whole.count <= 19 else { throw ValueError("is too long a duration") }
            nanoseconds += number(whole) * scale
            let digits = fraction.prefix(18)
            nanoseconds += number(Array(digits)) * scale / power(of: digits.count)
            if nanoseconds > largest { throw ValueError("is too long a duration") }
        }
        return .nanoseconds(Int64(nanoseconds))
    }

    /// The shortest spelling with whole numbers, for messages: `1m30s`.
    static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var rest = UInt128(max(0, seconds)) * 1_000_000_000 + UInt128(max(0, attoseconds)) / 1_000_000_000
        if rest == 0 { return "0s" }
        var text = ""
        for unit in units where unit.name.unicodeScalars.allSatisfy(\.isASCII) {
            let count = rest / unit.nanoseconds
            if count > 0 { text += "\(count)\(unit.name)" }
            rest -= count * unit.nanoseconds
        }
        return text
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func take(
        _ rest: inout ArraySlice<Unicode.Scalar>, while belongs: (Unicode.Scalar) -> Bool
    ) -> [Unicode.Scalar] {
        let taken = Array(rest.prefix(while: belongs))
        rest = rest.dropFirst(taken.count)
        return taken
    }

    private static func number(_ digits: [Unicode.Scalar]) -> UInt128 {
        digits.reduce(0) { $0 * 10 + UInt128($1.value - 48) }
    }

    private static func power(of digits: Int) -> UInt128 {
        (0..<digits).reduce(1) { product, _ in product * 10 }
    }
}
