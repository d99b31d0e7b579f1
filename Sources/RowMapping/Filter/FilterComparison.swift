/// A comparison operator.
enum FilterComparison: UInt8, Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

    /// The results of ordering left and right that make it true.
    var accepted: FilterOrdering {
        switch self {
        case .equal: .equal
        case .notEqual: [.less, .greater]
        case .less: .less
        case .lessOrEqual: [.less, .equal]
        case .greater: .greater
        case .greaterOrEqual: [.greater, .equal]
        }
    }

    /// The same with the sides exchanged.
    var flipped: FilterComparison {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }

    var isEquality: Bool { self == .equal || self == .notEqual }
}
