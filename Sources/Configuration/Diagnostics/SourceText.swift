/// The file's text in lines, cut where libyaml cuts them, so that its marks point at the right characters.
struct SourceText {
    private var scalars: [Unicode.Scalar] = []
    private var lineStarts = [0]
    /// Where the first byte that is not UTF-8 stands.
    private(set) var firstInvalidByte: SourcePosition?
    /// Where the first character stands that YAML does not allow, and which it is.
    private(set) var firstForbidden: (scalar: Unicode.Scalar, position: SourcePosition)?

    init(_ bytes: [UInt8]) {
        scalars.reserveCapacity(bytes.count)
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        reading: while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                if firstForbidden == nil, !Self.isAllowed(scalar) { firstForbidden = (scalar, end) }
                append(scalar)
            case .error:
                if firstInvalidByte == nil { firstInvalidByte = end }
                append("\u{FFFD}")
            case .emptyInput:
                break reading
            }
        }
    }

    /// The text of a line without its break; empty for a line that the file does not have.
    func line(_ number: Int) -> [Unicode.Scalar] {
        guard number >= 1, number <= lineStarts.count else { return [] }
        let from = lineStarts[number - 1]
        var to = number < lineStarts.count ? lineStarts[number] : scalars.count
        while to > from, Self.isBreak(scalars[to - 1]) { to -= 1 }
        return Array(scalars[from..<to])
    }

    /// Whether `text` stands at `position` character by character, on one line.
    func spells(_ text: String, at position: SourcePosition) -> Bool {
        guard position.line >= 1, position.line <= lineStarts.count, position.column >= 1 else { return false }
        let start = lineStarts[position.line - 1] + position.column - 1
        guard start <= scalars.count, !text.unicodeScalars.contains(where: Self.isBreak) else { return false }
        return scalars[start...].starts(with: text.unicodeScalars)
    }

    /// The character at `position`; nil where the file has none.
    func scalar(at position: SourcePosition) -> Unicode.Scalar? {
        guard position.line >= 1, position.line <= lineStarts.count, position.column >= 1 else { return nil }
        let index = lineStarts[position.line - 1] + position.column - 1
        return index < scalars.count ? scalars[index] : nil
    }

    var lineCount: Int { lineStarts.count }

    private var end: SourcePosition {
        SourcePosition(line: lineStarts.count, column: scalars.count - lineStarts[lineStarts.count - 1] + 1)
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        // CR LF is one break: its line began at the CR's successor, which moves one on.
        if scalar == "\n", scalars.last == "\r" {
            scalars.append(scalar)
            lineStarts[lineStarts.count - 1] = scalars.count
            return
        }
        scalars.append(scalar)
        if Self.isBreak(scalar) { lineStarts.append(scalars.count) }
    }

    /// The line breaks of YAML 1.1: https://yaml.org/spec/1.1/#id871136
    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }

    /// The characters of YAML 1.1: https://yaml.org/spec/1.1/#id868524
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF:
            scalar != "\u{FEFF}"
        default: false
        }
    }
}
