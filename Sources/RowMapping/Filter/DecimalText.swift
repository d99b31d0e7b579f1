/// A number as PostgreSQL prints numeric and the floats, compared by its digits: nothing is rounded.
///
/// `1.50` equals `1.5` and `1.5e0`; `-0` equals `0`. As in PostgreSQL, NaN equals itself and is greater than all else.
struct DecimalText {
    /// In ascending order.
    private enum Magnitude: UInt8 {
        case negativeInfinity, finite, infinity, nan
    }

    private var magnitude = Magnitude.finite
    private var isNegative = false
    /// The digits from the first that is not zero to the last, perhaps with the point among them.
    private var digits: UnsafePointer<UInt8>
    /// Zero for the number zero.
    private var count = 0
    /// The number is 0.d₁d₂d₃… × 10^exponent.
    private var exponent = 0

    /// - Returns: nil where the text is no number.
    init?(_ input: UnsafePointer<UInt8>, _ count: Int) {
        digits = input
        var next = 0
        if count > 0, input[0] == UInt8(ascii: "-") {
            isNegative = true
            next = 1
        }
        guard next < count else { return nil }
        if input[next] == UInt8(ascii: "I") || input[next] == UInt8(ascii: "N") {
            guard let named = Self.named(input, count) else { return nil }
            magnitude = named
            return
        }
        guard let mantissaEnd = readMantissa(input, from: next, to: count) else { return nil }
        if mantissaEnd < count {
            guard let power = Self.power(input, from: mantissaEnd, to: count) else { return nil }
            exponent += power
        }
        if self.count == 0 {
            isNegative = false
            exponent = 0
        }
    }

    /// Reads digits with at most one point, and returns where they end.
    @inline(__always)
    private mutating func readMantissa(_ input: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int? {
        var next = start
        var isFraction = false
        var digitCount = 0
        var first: Int?
        while next < end {
            let byte = input[next]
            if byte == UInt8(ascii: "."), !isFraction {
                isFraction = true
            } else if byte &- UInt8(ascii: "0") < 10 {
                digitCount += 1
                if byte != UInt8(ascii: "0") {
                    if first == nil {
                        first = next
                        digits = input + next
                    }
                    count = input + next + 1 - digits
                }
                if first == nil {
                    if isFraction { exponent -= 1 }
                } else if !isFraction {
                    exponent += 1
                }
            } else {
                break
            }
            next += 1
        }
        return digitCount > 0 ? next : nil
    }

    /// Reads `e±n` to the end.
    private static func power(_ input: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int? {
        guard input[start] | 0x20 == UInt8(ascii: "e") else { return nil }
        var next = start + 1
        let isNegative = next < end && input[next] == UInt8(ascii: "-")
        if isNegative || next < end && input[next] == UInt8(ascii: "+") { next += 1 }
        // Nine digits are far more than any number of PostgreSQL has, and cannot overflow.
        guard next < end, end - next <= 9 else { return nil }
        var value = 0
        while next < end {
            let digit = input[next] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
            next += 1
        }
        return isNegative ? -value : value
    }

    private static func named(_ input: UnsafePointer<UInt8>, _ count: Int) -> Magnitude? {
        func reads(_ name: StaticString) -> Bool {
            name.utf8CodeUnitCount == count
                && UnsafeBufferPointer(start: input, count: count)
                    .elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: count))
        }
        return reads("NaN") ? .nan : reads("Infinity") ? .infinity : reads("-Infinity") ? .negativeInfinity : nil
    }

    /// How this number stands to another.
    func ordering(to other: DecimalText) -> FilterOrdering {
        guard magnitude == .finite, other.magnitude == .finite else {
            return FilterOrdering(magnitude.rawValue, other.magnitude.rawValue)
        }
        guard sign == other.sign else { return FilterOrdering(sign, other.sign) }
        guard sign != 0 else { return .equal }
        let absolute =
            exponent == other.exponent ? orderingOfDigits(to: other) : FilterOrdering(exponent, other.exponent)
        return isNegative ? absolute.reversed : absolute
    }

    private var sign: Int { count == 0 ? 0 : isNegative ? -1 : 1 }

    private func orderingOfDigits(to other: DecimalText) -> FilterOrdering {
        var left = 0
        var right = 0
        while true {
            if left < count, digits[left] == UInt8(ascii: ".") { left += 1 }
            if right < other.count, other.digits[right] == UInt8(ascii: ".") { right += 1 }
            // The last digit is not zero, so whichever has more of them is greater.
            guard left < count, right < other.count else {
                return FilterOrdering(left < count ? 1 : 0, right < other.count ? 1 : 0)
            }
            guard digits[left] == other.digits[right] else {
                return FilterOrdering(digits[left], other.digits[right])
            }
            left += 1
            right += 1
        }
    }
}
