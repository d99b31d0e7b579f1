/// Checks the values that a column is compared with, and writes them as PostgreSQL prints values of its type.
struct FilterLiteralText {
    private let expression: FilterExpression
    private let column: FilterColumn
    private let type: FilterType

    init(_ expression: FilterExpression, _ column: FilterColumn, _ type: FilterType) {
        self.expression = expression
        self.column = column
        self.type = type
    }

    /// The text of a value that fits the column.
    func text(of literal: FilterLiteral) throws(FilterError) -> [UInt8] {
        switch (type, literal.value) {
        case (_, .null): preconditionFailure("the parser lets no null into a comparison")
        case (.boolean, .boolean(let value)): return Array((value ? "t" : "f").utf8)
        case (.integer, .number(let text)), (.decimal, .number(let text)): return Array(text.utf8)
        case (.decimal, .string(let text)): return try named(text, literal)
        case (.text, .string(let text)), (.paddedText, .string(let text)), (.label, .string(let text)):
            return Array(text.utf8)
        case (.timestamp, .string(let text)), (.timestamptz, .string(let text)), (.date, .string(let text)):
            return try time(text, literal)
        case (.uuid, .string(let text)): return try uuid(text, literal)
        case (.other, _): preconditionFailure("a type that is not compared has no values")
        case (_, .boolean): throw mismatch(literal, "a boolean")
        case (_, .number): throw mismatch(literal, "a number")
        case (_, .string): throw mismatch(literal, "text")
        }
    }

    /// The numbers that have no digits.
    private func named(_ text: String, _ literal: FilterLiteral) throws(FilterError) -> [UInt8] {
        switch text.lowercased() {
        case "nan": return Array("NaN".utf8)
        case "infinity": return Array("Infinity".utf8)
        case "-infinity": return Array("-Infinity".utf8)
        default: throw mismatch(literal, "text")
        }
    }

    /// A date or timestamp in ISO 8601, or with a blank between date and time.
    private func time(_ text: String, _ literal: FilterLiteral) throws(FilterError) -> [UInt8] {
        let lowercased = text.lowercased()
        if lowercased == "infinity" || lowercased == "-infinity" { return Array(lowercased.utf8) }
        var bytes = Array(text.utf8)
        if let index = bytes.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "t") }) {
            bytes[index] = UInt8(ascii: " ")
        }
        if let index = bytes.lastIndex(where: { $0 | 0x20 == UInt8(ascii: "z") }) {
            bytes.replaceSubrange(index...index, with: "+00".utf8)
        }
        let fields = bytes.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.flatMap { TimestampFields($0, buffer.count) }
        }
        let example =
            switch type {
            case .date: "'2026-01-31'"
            case .timestamp: "'2026-01-31T12:00:00'"
            default: "'2026-01-31T12:00:00Z'"
            }
        guard let fields, fields.isOnCalendar else {
            throw error(
                literal, "'\(text)' is no \(type == .date ? "date" : "time") of the calendar",
                note: "write it as \(example)")
        }
        switch type {
        case .date where fields.hasTime: throw mismatch(literal, "a time of day", note: "write it as \(example)")
        case .timestamptz where fields.zone == nil:
            throw error(
                literal, "column \"\(column.name)\" has a time zone, and '\(text)' has none",
                note: "write it as \(example)")
        case .timestamp where fields.zone != nil:
            throw error(
                literal, "column \"\(column.name)\" has no time zone, and '\(text)' has one",
                note: "write it as \(example)")
        default: return bytes
        }
    }

    /// 32 hexadecimal digits, in either case and with or without hyphens.
    private func uuid(_ text: String, _ literal: FilterLiteral) throws(FilterError) -> [UInt8] {
        let digits = text.lowercased().utf8.filter { $0 != UInt8(ascii: "-") }
        let isHexadecimal = digits.allSatisfy { byte in
            byte &- UInt8(ascii: "0") < 10 || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
        guard digits.count == 32, isHexadecimal else {
            throw error(
                literal, "'\(text)' is no uuid", note: "write it as '6f1c5a3e-0d57-4b6e-9a55-0f2d8c1b7e42'")
        }
        var printed: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { printed.append(UInt8(ascii: "-")) }
            printed.append(digit)
        }
        return printed
    }

    // MARK: Errors

    private func mismatch(_ literal: FilterLiteral, _ found: String, note: String? = nil) -> FilterError {
        let usual =
            switch type {
            case .boolean: "write true or false"
            case .integer, .decimal: "a number stands without quotes"
            case .text, .paddedText, .label: "text stands in single quotes"
            case .timestamp, .timestamptz, .date, .uuid: "write it in single quotes"
            case .other: nil as String?
            }
        return error(
            literal, "column \"\(column.name)\" is \(type.name) and is compared with \(found)", note: note ?? usual)
    }

    private func error(_ literal: FilterLiteral, _ message: String, note: String?) -> FilterError {
        FilterError(at: literal.offset, of: expression.text, message, note: note)
    }
}
