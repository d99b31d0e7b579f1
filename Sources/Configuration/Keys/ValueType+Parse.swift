extension ValueType {
    /// Reads one scalar. For a list type it is one item.
    func parse(_ text: String) throws(ValueError) -> CheckedValue {
        switch self {
        case .text, .textList:
            if text.isEmpty { throw ValueError("must not be empty") }
            if text.utf8.contains(0) { throw ValueError("must not hold a NUL") }
            return .text(text)
        case .textOrEmpty:
            return .text(text)
        case .boolean:
            return .boolean(try Self.boolean(text))
        case .integer(let range):
            let number = try Self.integer(text)
            try Self.require(number, in: range) { "\($0)" }
            return .integer(number)
        case .duration(let range, let bareUnit):
            let duration = try DurationText.parse(text, bareUnit: bareUnit)
            try Self.require(duration, in: range, format: DurationText.format)
            return .duration(duration)
        case .byteSize(let range):
            let size = try ByteSizeText.parse(text)
            try Self.require(size, in: range, format: ByteSizeText.format)
            return .byteSize(size)
        case .byteRate(let range):
            let size = try ByteSizeText.parse(text.hasSuffix("/s") ? String(text.dropLast(2)) : text)
            try Self.require(size, in: range, format: ByteSizeText.format)
            return .byteSize(size)
        case .choice(let choices), .choiceList(let choices):
            return .text(try choices.name(of: text))
        case .anything:
            return .text(text)
        }
    }

    /// Whether a YAML list is what the key asks for.
    var isList: Bool {
        switch self {
        case .textList, .choiceList: true
        case .text, .textOrEmpty, .boolean, .integer, .duration, .byteSize, .byteRate, .choice, .anything: false
        }
    }

    private static func boolean(_ text: String) throws(ValueError) -> Bool {
        switch text {
        case "true": return true
        case "false": return false
        case "yes", "on", "y", "Yes", "On", "YES", "ON", "True", "TRUE":
            throw ValueError("must be true or false", note: "write true")
        case "no", "off", "n", "No", "Off", "NO", "OFF", "False", "FALSE":
            throw ValueError("must be true or false", note: "write false")
        default:
            throw ValueError("must be true or false")
        }
    }

    private static func integer(_ text: String) throws(ValueError) -> Int {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }) else {
            throw ValueError("must be a whole number")
        }
        // YAML 1.1 reads 010 as eight, people read ten.
        if digits.count > 1, digits.first == "0" { throw ValueError("must not begin with a zero") }
        guard let number = Int(text) else { throw ValueError("is too large a number") }
        return number
    }

    private static func require<Value: Comparable>(
        _ value: Value, in range: ClosedRange<Value>, format: (Value) -> String
    ) throws(ValueError) {
        if !range.contains(value) {
            throw ValueError("must be \(format(range.lowerBound)) to \(format(range.upperBound))")
        }
    }
}
