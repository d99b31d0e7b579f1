/// One source line with its secrets replaced, and a caret under the column that is meant.
struct SourceExcerpt {
    /// A wider line is cut around the caret: a terminal would wrap it and move the caret away.
    private static let width = 120

    private let text: [Unicode.Scalar]
    /// The index of the scalar that is meant; the end of the text where that lies behind it.
    private let caret: Int

    init(source: SourceText, position: SourcePosition, mask: SecretMask) {
        let line = source.line(position.line)
        let hidden = mask.ranges(inLine: position.line, text: line)
        var shown: [Unicode.Scalar] = []
        var caret: Int?
        var index = 0
        while index < line.count {
            if let range = hidden.first(where: { $0.contains(index) }) {
                if range.contains(position.column - 1) { caret = shown.count }
                shown += Array("***".unicodeScalars)
                index = range.upperBound
            } else {
                if index == position.column - 1 { caret = shown.count }
                shown.append(Self.printable(line[index]))
                index += 1
            }
        }
        (text, self.caret) = Self.cut(shown, around: caret ?? shown.count)
    }

    /// The line, a line break, and the caret.
    var rendered: String {
        let columns = text[..<caret].reduce(0) { $0 + TerminalWidth.columns(of: $1) }
        return "\(String(String.UnicodeScalarView(text)))\n\(String(repeating: " ", count: columns))^"
    }

    private static func cut(_ line: [Unicode.Scalar], around caret: Int) -> ([Unicode.Scalar], Int) {
        let widths = line.map(TerminalWidth.columns(of:))
        guard widths.reduce(0, +) > width else { return (line, caret) }
        // Half of the room for what stands before the caret, more where little follows.
        var from = caret
        var to = caret
        var used = 0
        while from > 0, used + widths[from - 1] <= width / 2 {
            from -= 1
            used += widths[from]
        }
        while to < line.count, used + widths[to] <= width {
            used += widths[to]
            to += 1
        }
        while from > 0, used + widths[from - 1] <= width {
            from -= 1
            used += widths[from]
        }
        var part = Array(line[from..<to])
        if from > 0 { part[0] = "…" }
        if to < line.count { part[part.count - 1] = "…" }
        return (part, caret - from)
    }

    /// Tabs become one space so that the caret stands right; a terminal never sees a control character.
    private static func printable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.properties.generalCategory {
        case .control: scalar == "\t" ? " " : "\u{FFFD}"
        case .format, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
        default: scalar
        }
    }
}
