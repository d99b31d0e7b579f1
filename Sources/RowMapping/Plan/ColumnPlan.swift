/// What to do with one column of a relation, decided once.
struct ColumnPlan {
    /// `,"name":` in the plan's text.
    var prefixOffset: Int
    var prefixLength: Int
    var encoding: ValueEncoding
    /// For arrays; their elements then decide.
    var array: ArrayType?
    /// Whether the replica identity carries the column, so that a key tuple says something about it.
    var isIdentity: Bool
    /// Whether the value carries the column; the key may all the same.
    var isIncluded: Bool
}
