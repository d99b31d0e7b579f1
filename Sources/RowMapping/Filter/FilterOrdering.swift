/// How a left value stands to a right one, as a set, so that an operator is the set of those that it accepts.
struct FilterOrdering: OptionSet, Sendable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    static let less = FilterOrdering(rawValue: 1)
    static let equal = FilterOrdering(rawValue: 2)
    static let greater = FilterOrdering(rawValue: 4)

    @inline(__always)
    init<Value: Comparable>(_ left: Value, _ right: Value) {
        self = left < right ? .less : left == right ? .equal : .greater
    }

    @inline(__always)
    var reversed: FilterOrdering { self == .less ? .greater : self == .greater ? .less : .equal }
}
