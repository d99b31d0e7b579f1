/// A condition as it was parsed. Its depth is limited by the parser, so that it may be walked recursively.
indirect enum FilterNode: Hashable, Sendable {
    /// A column or a value alone: true where it is.
    case value(FilterOperand)
    case compare(FilterOperand, FilterComparison, FilterOperand)
    case isIn(FilterOperand, [FilterLiteral])
    case like(FilterOperand, FilterLiteral)
    case isNull(FilterColumn)
    case changed(FilterColumn)
    /// Whether a condition is known to be true, or to be false.
    case isKnown(FilterNode, Bool)
    case not(FilterNode)
    /// `and`; a flat list, so that a long chain is not a deep tree.
    case all([FilterNode])
    /// `or`.
    case any([FilterNode])
}
