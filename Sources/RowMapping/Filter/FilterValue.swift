/// A value of a row or an expression, read for a comparison. Points into the text that it was read from.
enum FilterValue {
    /// How a text is read.
    enum Reading: UInt8, Sendable {
        case text
        /// Without trailing blanks.
        case paddedText
        case integer
        case decimal
        /// A date or a timestamp.
        case instant
    }

    case text(UnsafeBufferPointer<UInt8>)
    case integer(Int64)
    case decimal(DecimalText)
    case instant(Instant)

    /// - Returns: nil where the text is not what such a type prints.
    @inline(__always)
    init?(_ reading: Reading, _ input: UnsafePointer<UInt8>, _ count: Int) {
        switch reading {
        case .text: self = .text(UnsafeBufferPointer(start: input, count: count))
        case .paddedText:
            var count = count
            while count > 0, input[count - 1] == UInt8(ascii: " ") { count -= 1 }
            self = .text(UnsafeBufferPointer(start: input, count: count))
        case .integer:
            guard let value = Self.integer(input, count) else { return nil }
            self = .integer(value)
        case .decimal:
            guard let value = DecimalText(input, count) else { return nil }
            self = .decimal(value)
        case .instant:
            guard let value = Instant(input, count) else { return nil }
            self = .instant(value)
        }
    }

    /// How this value stands to one that was read in the same way.
    @inline(__always)
    func ordering(to other: FilterValue) -> FilterOrdering {
        switch (self, other) {
        case (.text(let left), .text(let right)): Self.ordering(of: left, to: right)
        case (.integer(let left), .integer(let right)): FilterOrdering(left, right)
        case (.decimal(let left), .decimal(let right)): left.ordering(to: right)
        case (.instant(let left), .instant(let right)): FilterOrdering(left, right)
        case (.text, _), (.integer, _), (.decimal, _), (.instant, _):
            preconditionFailure("both sides of a comparison are read in the same way")
        }
    }

    /// Byte by byte, which in UTF-8 is the order of code points: PostgreSQL's collation "C".
    @inline(__always)
    private static func ordering(
        of left: UnsafeBufferPointer<UInt8>, to right: UnsafeBufferPointer<UInt8>
    ) -> FilterOrdering {
        let common = min(left.count, right.count)
        var index = 0
        while index < common, left[index] == right[index] { index &+= 1 }
        return index < common ? FilterOrdering(left[index], right[index]) : FilterOrdering(left.count, right.count)
    }

    private static func integer(_ input: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        guard count > 0 else { return nil }
        let isNegative = input[0] == UInt8(ascii: "-")
        guard count > (isNegative ? 1 : 0) else { return nil }
        // Counted below zero, where the range is larger by one.
        var value: Int64 = 0
        for index in (isNegative ? 1 : 0)..<count {
            let digit = input[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (next, carry) = tens.subtractingReportingOverflow(Int64(digit))
            if overflow || carry { return nil }
            value = next
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }
}
