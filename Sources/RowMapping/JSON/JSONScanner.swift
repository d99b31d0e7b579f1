/// Reads the pieces of a JSON document, one behind the other. <https://www.rfc-editor.org/rfc/rfc8259>
struct JSONScanner {
    /// What holds other values.
    enum Container { case array, object }

    private let bytes: UnsafePointer<UInt8>
    private let count: Int
    private var next = 0

    init(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        self.bytes = bytes
        self.count = count
    }

    var isAtEnd: Bool { next == count }

    mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { next += 1 }
    }

    /// Goes past `byte` if it comes next; says whether it did.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        next += 1
        return true
    }

    /// The container whose bracket comes next.
    mutating func begin() -> Container? {
        if skip(UInt8(ascii: "[")) { return .array }
        return skip(UInt8(ascii: "{")) ? .object : nil
    }

    /// Whether the bracket that closes `container` comes next.
    mutating func end(_ container: Container) -> Bool {
        skip(container == .array ? UInt8(ascii: "]") : UInt8(ascii: "}"))
    }

    /// The name of an object's member, and the colon.
    mutating func name() -> Bool {
        guard string() else { return false }
        skipBlanks()
        return skip(UInt8(ascii: ":"))
    }

    /// A string, a number, `true`, `false` or `null`.
    mutating func scalar() -> Bool {
        switch peek() {
        case UInt8(ascii: "\""): string()
        case UInt8(ascii: "t"): word("true")
        case UInt8(ascii: "f"): word("false")
        case UInt8(ascii: "n"): word("null")
        default: number()
        }
    }

    // MARK: Scalars

    private func peek() -> UInt8? { next < count ? bytes[next] : nil }

    private mutating func word(_ word: StaticString) -> Bool {
        guard count - next >= word.utf8CodeUnitCount else { return false }
        for index in 0..<word.utf8CodeUnitCount where bytes[next + index] != word.utf8Start[index] { return false }
        next += word.utf8CodeUnitCount
        return true
    }

    /// Half of a surrogate pair, as `\ud800` alone, is JSON by the grammar, and PostgreSQL's `json` holds it too.
    private mutating func string() -> Bool {
        guard skip(UInt8(ascii: "\"")) else { return false }
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                next += 1
                return true
            case UInt8(ascii: "\\"):
                next += 1
                guard escape() else { return false }
            case 0..<0x20: return false
            case 0..<0x80: next += 1
            default:
                let length = UTF8Text.scalarLength(bytes + next, count - next)
                guard length > 0 else { return false }
                next += length
            }
        }
        return false
    }

    /// What follows a backslash.
    private mutating func escape() -> Bool {
        switch peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            next += 1
            return true
        case UInt8(ascii: "u"):
            next += 1
            for _ in 0..<4 {
                guard let byte = peek(), Self.isHexDigit(byte) else { return false }
                next += 1
            }
            return true
        default: return false
        }
    }

    private mutating func number() -> Bool {
        _ = skip(UInt8(ascii: "-"))
        // No other digit follows a zero.
        guard skip(UInt8(ascii: "0")) || digits() else { return false }
        if skip(UInt8(ascii: ".")), !digits() { return false }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            _ = skip(UInt8(ascii: "+")) || skip(UInt8(ascii: "-"))
            return digits()
        }
        return true
    }

    /// At least one digit.
    private mutating func digits() -> Bool {
        let start = next
        while let byte = peek(), byte &- UInt8(ascii: "0") < 10 { next += 1 }
        return next > start
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 6
    }
}
