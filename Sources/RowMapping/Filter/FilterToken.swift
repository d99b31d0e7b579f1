/// One word, value or sign of an expression.
struct FilterToken: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// A keyword or a column, in lower case.
        case word(String)
        /// What stood in double quotes.
        case quoted(String)
        /// What stood in single quotes.
        case string(String)
        case number(String)
        case comparison(FilterComparison)
        case open, close, comma, point
        case end
    }

    var kind: Kind
    /// Where it begins and ends, in bytes of the expression's text.
    var offset: Int
    var end: Int
}
