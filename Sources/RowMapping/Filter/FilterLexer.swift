/// Cuts an expression into tokens.
struct FilterLexer {
    let text: String
    private let bytes: [UInt8]
    private var next = 0

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    /// The text of a token, as it was written.
    func source(of token: FilterToken) -> String {
        String(decoding: bytes[token.offset..<token.end], as: UTF8.self)
    }

    /// The next token; ``FilterToken/Kind/end`` again and again behind the last.
    mutating func token() throws(FilterError) -> FilterToken {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { next += 1 }
        let start = next
        return FilterToken(kind: try kind(), offset: start, end: next)
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        next + distance < bytes.count ? bytes[next + distance] : nil
    }

    private mutating func kind() throws(FilterError) -> FilterToken.Kind {
        guard let byte = peek() else { return .end }
        if Self.isWordStart(byte) { return word() }
        if isNumber() { return try number() }
        switch byte {
        case UInt8(ascii: "'"): return .string(try quoted("text"))
        case UInt8(ascii: "\""): return .quoted(try quoted("name"))
        default: return try sign(byte)
        }
    }

    // MARK: Words and numbers

    private static func isWordStart(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private static func isDigit(_ byte: UInt8?) -> Bool {
        byte.map { $0 &- UInt8(ascii: "0") < 10 } ?? false
    }

    private static func isWordPart(_ byte: UInt8?) -> Bool {
        byte.map { isWordStart($0) || isDigit($0) || $0 == UInt8(ascii: "$") } ?? false
    }

    /// Folds ASCII only, as PostgreSQL does in UTF-8.
    private mutating func word() -> FilterToken.Kind {
        let start = next
        while Self.isWordPart(peek()) { next += 1 }
        let folded = bytes[start..<next].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return .word(String(decoding: folded, as: UTF8.self))
    }

    /// Whether a sign, a point or a digit begins a number here.
    private func isNumber() -> Bool {
        var distance = 0
        if peek() == UInt8(ascii: "-") || peek() == UInt8(ascii: "+") { distance += 1 }
        if peek(distance) == UInt8(ascii: ".") { distance += 1 }
        return Self.isDigit(peek(distance))
    }

    private mutating func number() throws(FilterError) -> FilterToken.Kind {
        let start = next
        // `+1` is written `1`, which is how PostgreSQL prints it.
        if peek() == UInt8(ascii: "+") { next += 1 }
        let first = next
        if peek() == UInt8(ascii: "-") { next += 1 }
        digits()
        if peek() == UInt8(ascii: ".") {
            next += 1
            digits()
        }
        if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
            let signed = peek(1) == UInt8(ascii: "-") || peek(1) == UInt8(ascii: "+")
            if Self.isDigit(peek(signed ? 2 : 1)) {
                next += signed ? 2 : 1
                let exponent = next
                digits()
                // No number of PostgreSQL has more than five digits there, and more would not fit our arithmetic.
                guard next - exponent <= 6 else { throw error(at: start, "the number's exponent is too large") }
            }
        }
        guard !Self.isWordPart(peek()), peek() != UInt8(ascii: ".") else {
            throw error(at: start, "a number ends in what is no digit", note: "text stands in single quotes")
        }
        return .number(String(decoding: bytes[first..<next], as: UTF8.self))
    }

    private mutating func digits() {
        while Self.isDigit(peek()) { next += 1 }
    }

    // MARK: Quotes and signs

    /// What stands between two quotes; a doubled quote is one.
    private mutating func quoted(_ what: String) throws(FilterError) -> String {
        let start = next
        let quote = bytes[start]
        let sign = Unicode.Scalar(quote)
        next += 1
        var content: [UInt8] = []
        while let byte = peek() {
            next += 1
            if byte == quote {
                guard peek() == quote else {
                    if what == "name", content.isEmpty { throw error(at: start, "a column's name is empty") }
                    return String(decoding: content, as: UTF8.self)
                }
                next += 1
            }
            content.append(byte)
        }
        throw error(at: start, "the \(what) that begins here has no end", note: "close it with \(sign)")
    }

    private mutating func sign(_ byte: UInt8) throws(FilterError) -> FilterToken.Kind {
        let start = next
        let following = peek(1)
        switch (Unicode.Scalar(byte), following.map { Unicode.Scalar($0) }) {
        case ("=", "="): throw error(at: start, "there is no operator ==", note: "write =")
        case ("<", ">"), ("!", "="): return take(2, .comparison(.notEqual))
        case ("<", "="): return take(2, .comparison(.lessOrEqual))
        case (">", "="): return take(2, .comparison(.greaterOrEqual))
        case ("=", _): return take(1, .comparison(.equal))
        case ("<", _): return take(1, .comparison(.less))
        case (">", _): return take(1, .comparison(.greater))
        case ("(", _): return take(1, .open)
        case (")", _): return take(1, .close)
        case (",", _): return take(1, .comma)
        case (".", _): return take(1, .point)
        case ("!", _): throw error(at: start, "there is no operator !", note: "write not")
        case ("&", _): throw error(at: start, "there is no operator &", note: "write and")
        case ("|", _): throw error(at: start, "there is no operator |", note: "write or")
        case (":", _):
            throw error(at: start, "there are no casts", note: "a value is of the type of its column")
        case ("+", _), ("-", _), ("*", _), ("/", _), ("%", _):
            throw error(at: start, "there is no arithmetic", note: "compare the column with a number")
        case ("~", _): throw error(at: start, "there are no regular expressions", note: "write like")
        case (let sign, _): throw error(at: start, "unexpected character \(sign.escaped(asASCII: false))")
        }
    }

    private mutating func take(_ count: Int, _ kind: FilterToken.Kind) -> FilterToken.Kind {
        next += count
        return kind
    }

    private func error(at byte: Int, _ message: String, note: String? = nil) -> FilterError {
        FilterError(at: byte, of: text, message, note: note)
    }
}
