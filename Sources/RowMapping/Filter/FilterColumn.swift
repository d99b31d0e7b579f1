/// A column as an expression names it.
struct FilterColumn: Hashable, Sendable {
    /// Which row's value is meant.
    enum Row: UInt8, Sendable {
        /// The new row in an insert and an update, the old one in a delete.
        case current
        case new
        case old
    }

    var row: Row
    var name: String
    /// Whether the name stood in double quotes.
    var isQuoted: Bool
    /// Where the name is written, in bytes of the expression's text.
    var offset: Int
}
