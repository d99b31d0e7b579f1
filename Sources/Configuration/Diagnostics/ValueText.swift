/// Where the characters of a value's text stand in the file, so that an error inside it points at its very place.
struct ValueText: Hashable, Sendable {
    /// Where the value begins.
    let start: SourcePosition
    /// Where the text's first character stands; nil where escapes, folding or a variable make the file spell the text
    /// in another way, so that its characters cannot be found there.
    let first: SourcePosition?

    init(_ text: String, at start: SourcePosition, in source: SourceText) {
        self.start = start
        var inside = start
        if let quote = source.scalar(at: start), quote == "\"" || quote == "'" { inside.column += 1 }
        first = source.spells(text, at: inside) ? inside : nil
    }

    /// Where the character stands that is `offset` Unicode scalars behind the first; the value where that is not known.
    func position(offset: Int) -> SourcePosition {
        guard let first else { return start }
        return SourcePosition(line: first.line, column: first.column + offset)
    }

    /// What a message says besides the position: nothing where the position says it.
    func place(offset: Int, in what: String) -> String {
        first == nil ? ", at character \(offset + 1) of \(what)" : ""
    }
}
