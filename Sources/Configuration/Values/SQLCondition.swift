/// The condition of a snapshot: SQL that is put in parentheses behind `AND`.
///
/// What closes our parenthesis would be a statement of its own: it could undo the publication's row filter and the range
/// of pages that is read. So the condition must be whole by itself. Whether it is valid, only the server can say.
public enum SQLCondition {
    /// What keeps a text from being one expression; nil where nothing does.
    public static func problem(_ text: String) -> String? {
        var depth = 0
        var rest = text.utf8[...]
        if text.utf8.contains(0) { return "must not hold a NUL" }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth < 0 { return "closes a parenthesis that it does not open" }
            case UInt8(ascii: ";"): return "must be one expression, without a semicolon"
            case UInt8(ascii: "$"): return "must not hold a $ outside quotes"
            case UInt8(ascii: "-") where rest.first == byte, UInt8(ascii: "/") where rest.first == UInt8(ascii: "*"):
                return "must not hold a comment"
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                if let problem = skipQuoted(byte, &rest) { return problem }
            default: break
            }
        }
        if depth > 0 { return "opens a parenthesis that it does not close" }
        return text.allSatisfy(\.isWhitespace) ? "must not be empty" : nil
    }

    private static func skipQuoted(_ quote: UInt8, _ rest: inout Substring.UTF8View) -> String? {
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "'"), rest.first == quote {
                // Ends the text in '…', does not in E'…'.
                return "must not hold a backslash before a quote"
            }
            guard byte == quote else { continue }
            // A doubled quote is two texts side by side to this loop, which comes to the same.
            return nil
        }
        return "does not close a quote"
    }
}
