/// Reads a state record: one JSON object, not deep. <https://www.rfc-editor.org/rfc/rfc8259>
///
/// Not RowMapping's scanner, which tells whether a column is JSON and keeps nothing.
struct StateParser {
    private let bytes: [UInt8]
    private var next = 0
    private var depth = 0

    /// Ours nest twice; what a later version adds will not nest sixteen times, and the stack is not the input's.
    private static let maxDepth = 16

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The object, and nothing behind it.
    mutating func document() throws(StateRecordError) -> [String: StateValue] {
        skipBlanks()
        let fields = try object()
        skipBlanks()
        guard next == bytes.count else { throw malformed }
        return fields
    }

    // MARK: Values

    private mutating func value() throws(StateRecordError) -> StateValue {
        switch peek() {
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["):
            try array()
            return .other
        case UInt8(ascii: "t"): return try word("true", .flag(true))
        case UInt8(ascii: "f"): return try word("false", .flag(false))
        case UInt8(ascii: "n"): return try word("null", .other)
        default: return try number()
        }
    }

    private mutating func object() throws(StateRecordError) -> [String: StateValue] {
        try enter("{")
        var fields: [String: StateValue] = [:]
        skipBlanks()
        if skip("}") {
            depth -= 1
            return fields
        }
        repeat {
            skipBlanks()
            let name = try string()
            skipBlanks()
            try expect(":")
            skipBlanks()
            // Of two values under one name neither is to be trusted.
            guard fields.updateValue(try value(), forKey: name) == nil else { throw malformed }
            skipBlanks()
        } while skip(",")
        try expect("}")
        depth -= 1
        return fields
    }

    private mutating func array() throws(StateRecordError) {
        try enter("[")
        skipBlanks()
        if !skip("]") {
            repeat {
                skipBlanks()
                _ = try value()
                skipBlanks()
            } while skip(",")
            try expect("]")
        }
        depth -= 1
    }

    private mutating func word(_ word: String, _ value: StateValue) throws(StateRecordError) -> StateValue {
        for byte in word.utf8 {
            guard peek() == byte else { throw malformed }
            next += 1
        }
        return value
    }

    private mutating func number() throws(StateRecordError) -> StateValue {
        let start = next
        let isNegative = skip("-")
        let whole = next
        // No other digit follows a zero.
        if !skip("0") { try digits() }
        let wholeEnd = next
        if skip(".") { try digits() }
        if skip("e") || skip("E") {
            _ = skip("+") || skip("-")
            try digits()
        }
        guard !isNegative, next == wholeEnd, start == whole else { return .other }
        return UInt64(String(decoding: bytes[whole..<wholeEnd], as: UTF8.self)).map { .number($0) } ?? .other
    }

    private mutating func digits() throws(StateRecordError) {
        let start = next
        while let byte = peek(), byte &- UInt8(ascii: "0") < 10 { next += 1 }
        guard next > start else { throw malformed }
    }

    // MARK: Strings

    private mutating func string() throws(StateRecordError) -> String {
        try expect("\"")
        let start = next
        var text: [UInt8] = []
        while let byte = peek(), byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw malformed }
            next += 1
            if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
        }
        try expect("\"")
        guard let string = String(validating: text, as: UTF8.self) else { throw .malformed(at: start) }
        return string
    }

    /// What follows a backslash.
    private mutating func escape(into text: inout [UInt8]) throws(StateRecordError) {
        guard let byte = peek() else { throw malformed }
        next += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            // Characters beyond U+FFFF are never escaped by us, so a surrogate is refused.
            guard let scalar = Unicode.Scalar(try hexadecimal()) else { throw malformed }
            text += UTF8.encode(scalar)!
        default: throw malformed
        }
    }

    private mutating func hexadecimal() throws(StateRecordError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw malformed }
            value = value << 4 | UInt32(digit)
            next += 1
        }
        return value
    }

    // MARK: Bytes

    private var malformed: StateRecordError { .malformed(at: next) }

    private func peek() -> UInt8? { next < bytes.count ? bytes[next] : nil }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { next += 1 }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        next += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(StateRecordError) {
        guard skip(character) else { throw malformed }
    }

    private mutating func enter(_ bracket: Unicode.Scalar) throws(StateRecordError) {
        try expect(bracket)
        depth += 1
        guard depth <= Self.maxDepth else { throw malformed }
    }
}
