/// Cuts a template into its parts.
struct TemplateParser {
    private let text: String
    private let bytes: [UInt8]
    private var next = 0

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    /// All parts; to be asked for once.
    mutating func parts() throws(TemplateError) -> [Template.Part] {
        var parts: [Template.Part] = []
        var literal: [UInt8] = []
        while let byte = peek() {
            if byte == Self.open || byte == Self.close {
                if peek(1) == byte {
                    literal.append(byte)
                    next += 2
                    continue
                }
                guard byte == Self.open else {
                    throw error(at: next, "there is no { for this }", note: "write }} for a brace itself")
                }
                if !literal.isEmpty { parts.append(.text(Self.string(literal[...]))) }
                literal = []
                parts.append(try placeholder())
            } else {
                literal.append(byte)
                next += 1
            }
        }
        if !literal.isEmpty { parts.append(.text(Self.string(literal[...]))) }
        return parts
    }

    // MARK: Placeholders

    private mutating func placeholder() throws(TemplateError) -> Template.Part {
        let start = next
        next += 1
        let word = plain(until: [Self.open, Self.close, Self.colon, Self.bar])
        switch peek() {
        case nil, Self.open: throw unclosed(start)
        case Self.colon where word == "column":
            next += 1
            let name = try column(start)
            let letterCase = try letterCase(start)
            next += 1
            return .column(name, letterCase)
        case let following:
            guard let field = Template.Field(rawValue: word) else { throw unknown(word, start) }
            guard following == Self.close else {
                throw error(
                    at: next, "{\(word)} stands for itself and takes nothing behind its name", note: "write {\(word)}")
            }
            next += 1
            return .field(field)
        }
    }

    /// The name behind `{column:`; ends at `|` or `}`.
    private mutating func column(_ start: Int) throws(TemplateError) -> String {
        let nameStart = next
        let isQuoted = peek() == Self.quote
        let name = isQuoted ? try quoted() : plain(until: [Self.open, Self.close, Self.bar, Self.quote])
        switch peek() {
        case nil: throw unclosed(start)
        case Self.close, Self.bar: break
        case _ where isQuoted:
            throw error(at: next, "a column's name in quotes ends at its quote", note: "expected } or |")
        case _:
            throw error(
                at: next, "a brace or quote stands inside a column's name",
                note: "put the name in double quotes, and double a quote in it")
        }
        if name.isEmpty { throw error(at: nameStart, "a column's name is empty", note: "write {column:NAME}") }
        return name
    }

    /// What stands between double quotes; a doubled quote is one.
    private mutating func quoted() throws(TemplateError) -> String {
        let start = next
        next += 1
        var content: [UInt8] = []
        while let byte = peek() {
            next += 1
            if byte == Self.quote {
                guard peek() == Self.quote else { return Self.string(content[...]) }
                next += 1
            }
            content.append(byte)
        }
        throw error(at: start, "the name that begins here has no end", note: "close it with \"")
    }

    /// What follows a column's name, up to the brace that closes the placeholder.
    private mutating func letterCase(_ start: Int) throws(TemplateError) -> Template.LetterCase? {
        guard peek() == Self.bar else { return nil }
        next += 1
        let wordStart = next
        let word = plain(until: [Self.open, Self.close])
        guard peek() == Self.close else { throw unclosed(start) }
        guard let letterCase = Template.LetterCase(rawValue: word) else {
            let known = Template.LetterCase.allCases.map(\.rawValue)
            throw error(
                at: wordStart, "there is no letter case \"\(word)\"",
                note: Spelling.nearest(to: word, among: known).map { "did you mean \"\($0)\"?" }
                    ?? "write lower or upper")
        }
        return letterCase
    }

    // MARK: Bytes

    private func peek(_ distance: Int = 0) -> UInt8? {
        next + distance < bytes.count ? bytes[next + distance] : nil
    }

    /// Everything before the first of `ends`, which are ASCII, so that no scalar is cut.
    private mutating func plain(until ends: [UInt8]) -> String {
        let start = next
        while let byte = peek(), !ends.contains(byte) { next += 1 }
        return Self.string(bytes[start..<next])
    }

    private static func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static let open = UInt8(ascii: "{")
    private static let close = UInt8(ascii: "}")
    private static let colon = UInt8(ascii: ":")
    private static let bar = UInt8(ascii: "|")
    private static let quote = UInt8(ascii: "\"")

    // MARK: Errors

    private func unclosed(_ start: Int) -> TemplateError {
        error(at: start, "the brace that opens here is not closed", note: "write {{ for a brace itself")
    }

    private func unknown(_ word: String, _ start: Int) -> TemplateError {
        if word == "column" { return error(at: start, "{column} names no column", note: "write {column:NAME}") }
        if word.isEmpty {
            return error(at: start, "a placeholder is empty", note: "write {{}} for the braces themselves")
        }
        let fields = Template.Field.allCases.map(\.rawValue)
        let suggestion = Spelling.nearest(to: word, among: fields + ["column"]).map {
            $0 == "column" ? "did you mean {column:NAME}?" : "did you mean {\($0)}?"
        }
        return error(
            at: start + 1, "there is no field \"\(word)\"",
            note: suggestion
                ?? "there are \(fields.joined(separator: ", ")), and {column:NAME} for a column's value")
    }

    private func error(at byte: Int, _ message: String, note: String?) -> TemplateError {
        TemplateError(at: byte, of: text, message, note: note)
    }
}
