/// A value as an expression writes it; its type is the column's to say.
struct FilterLiteral: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        case null
        case boolean(Bool)
        /// A decimal number as it was written.
        case number(String)
        case string(String)
    }

    var value: Value
    /// Where it is written, in bytes of the expression's text.
    var offset: Int
}
