/// Walks through librdkafka's JSON without building anything of it.
///
/// Whatever the bytes are, it ends: what is malformed reads as zero or empty, and ends the walk.
struct StatisticsScanner {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Calls `body` with each member's name, the scanner before its value; `body` takes the value, or ends the walk
    /// by returning false.
    ///
    /// - Returns: whether the object was read to its end.
    mutating func members(_ body: (inout StatisticsScanner, _ key: String) -> Bool) -> Bool {
        guard take("{") else { return false }
        if take("}") { return true }
        while true {
            guard let key = string(), take(":") else { return false }
            let before = index
            guard body(&self, key) else { return false }
            guard index > before else { return false }
            if take("}") { return true }
            guard take(",") else { return false }
        }
    }

    /// A whole number; a negative one, or none, is 0.
    mutating func number() -> UInt64 {
        let first = index
        skip()
        var value: UInt64 = 0
        for byte in bytes[first..<index] where byte != Self.blank {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
                return byte == UInt8(ascii: ".") ? value : 0
            }
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            guard !overflowed else { return .max }
            value = product &+ UInt64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// Whether the value begins with a minus sign.
    mutating func isNegative() -> Bool {
        skipBlanks()
        let first = index < bytes.count ? bytes[index] : 0
        skip()
        return first == UInt8(ascii: "-")
    }

    /// A string; "" where there is none.
    mutating func text() -> String {
        let first = index
        if let text = string() { return text }
        index = first
        skip()
        return ""
    }

    /// Goes past the value, whatever it is.
    mutating func skip() {
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                guard string() != nil else { return }
                if depth == 0 { return }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                if depth == 0 {
                    index += 1
                    return
                }
            case UInt8(ascii: ",") where depth == 0: return
            default: break
            }
            index += 1
        }
    }

    private static let blank = UInt8(ascii: " ")

    private mutating func skipBlanks() {
        while index < bytes.count, [Self.blank, 9, 10, 13].contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// The string that begins here, escapes left as they are: none of the names that we look for has any.
    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        let first = index
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                index = min(index + 2, bytes.count)
            } else if bytes[index] == UInt8(ascii: "\"") {
                defer { index += 1 }
                return String(decoding: bytes[first..<index], as: UTF8.self)
            } else {
                index += 1
            }
        }
        return nil
    }
}
