/// What stands on a side of a comparison.
enum FilterOperand: Hashable, Sendable {
    case column(FilterColumn)
    case literal(FilterLiteral)
    case operation(offset: Int)

    /// Where it is written, in bytes of the expression's text.
    var offset: Int {
        switch self {
        case .column(let column): column.offset
        case .literal(let literal): literal.offset
        case .operation(let offset): offset
        }
    }
}
