/// One test of a compiled filter, and where to go from it.
///
/// The steps stand in the order of the expression's text and only jump forward, so evaluation ends and needs no stack.
struct FilterStep {
    enum Test: UInt8 {
        /// Always ``result``.
        case constant
        /// Whether the change is one of ``operations``.
        case operation
        case isNull
        case changed
        /// Whether the column stands to one of the constants as accepted.
        case compare
        /// Whether the column stands to the other column as accepted.
        case compareColumns
        /// Whether the column matches the first constant, a compiled pattern.
        case like
    }

    /// What a test says; the middle of SQL's three values is never negated, since `not` is compiled away.
    enum Truth: UInt8 {
        case isFalse, isTrue, unknown
    }

    /// Where a column's value is found.
    struct Place {
        var row: FilterColumn.Row
        var index: Int
        /// Whether the replica identity carries it, so that a key tuple says something about it.
        var isIdentity: Bool
    }

    /// Ends of the program.
    static let pass: Int32 = -1
    static let reject: Int32 = -2

    var test: Test
    var result = Truth.unknown
    /// A bit for each operation, by its raw value.
    var operations: UInt8 = 0
    var column = Place(row: .current, index: 0, isIdentity: false)
    var other = Place(row: .current, index: 0, isIdentity: false)
    var reading = FilterValue.Reading.text
    var accepted = FilterOrdering.equal
    var constants = 0..<0

    /// The truth that leads to ``met``; unknown always leads to ``otherwise``.
    var wanted = Truth.isTrue
    var met = Self.pass
    var otherwise = Self.reject

    init(_ test: Test) { self.test = test }
}
