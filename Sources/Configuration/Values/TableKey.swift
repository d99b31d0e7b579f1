import RowMapping

/// A key of `mapping.tables`: one table's name, or a pattern for many.
enum TableKey: Hashable, CustomStringConvertible {
    case exact(TableName)
    case pattern(TablePattern)

    /// The C library follows parentheses with its own stack; nobody writes a longer expression.
    private static let longestExpression = 512

    /// Reads `schema.table`, a name with `*` or `?` outside double quotes, or `~` and a regular expression.
    static func parse(_ text: String) throws(ValueError) -> TableKey {
        if text.utf8.first == UInt8(ascii: "~") {
            return .pattern(try expression(String(text.unicodeScalars.dropFirst())))
        }
        let name = try TableNameText.parts(of: text)
        guard name.schema.isPattern || name.table.isPattern else { return .exact(name.tableName) }
        for part in [name.schema, name.table] where !part.isPattern && part.holdsWildcard {
            throw ValueError(
                "is a pattern that cannot hold a * or ? in double quotes",
                note: "write it as a regular expression: ~ and the expression for all of schema.table")
        }
        return .pattern(TablePattern(schema: name.schema.text, name: name.table.text))
    }

    var description: String {
        switch self {
        case .exact(let table): table.description
        case .pattern(let pattern): pattern.description
        }
    }

    private static func expression(_ text: String) throws(ValueError) -> TablePattern {
        if text.isEmpty { throw ValueError("has no regular expression behind its ~") }
        if text.utf8.contains(0) { throw ValueError("must not hold a NUL") }
        guard text.utf8.count <= longestExpression else {
            throw ValueError("is longer than the \(longestExpression) bytes of a regular expression")
        }
        if ExpressionSize(text).count > ExpressionSize.limit {
            throw ValueError(
                "repeats too much", note: "a name of PostgreSQL has at most 63 bytes; * and + need no number")
        }
        do throws(TablePatternError) {
            return try TablePattern(expression: text)
        } catch {
            throw ValueError("is not a regular expression: \(error.reason)")
        }
    }
}
