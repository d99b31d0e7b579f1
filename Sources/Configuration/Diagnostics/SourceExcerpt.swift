/// One source line with its secrets replaced, and a caret under the column that is meant.
struct SourceExcerpt {
    /// A wider line is cut around the caret: a terminal would wrap it and move the caret away.
    private static let width = 120

    private let text: [Unicode.Scalar]
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
        "\(String(String.UnicodeScalarView(text)))\n\(String(repeating: " ", count: caret))^"
    }

    private static func cut(_ line: [Unicode.Scalar], around caret: Int) -> ([Unicode.Scalar], Int) {
        guard line.count > width else { return (line, caret) }
        let from = max(0, min(caret - width / 2, line.count - width))
        let to = from + width
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
