internal import ReplicationProtocol

/// What to do with one column of a relation, decided once.
struct ColumnPlan {
    /// `,"name":` in the plan's text.
    var prefixOffset: Int
    var prefixLength: Int
    var encoding: ValueEncoding
    /// For arrays; their elements then decide.
    var array: ArrayType?
    /// Whether the replica identity carries the column, so that NULL in a key tuple means NULL; see ``OldRows``.
    var isIdentity: Bool
    /// Whether the value carries the column; the key may all the same.
    var isIncluded: Bool
    /// The number of the mask that stands for its values; negative where they are shown.
    var mask: Int
    /// Whether its text is hexadecimal for bytes.
    var isBytea: Bool

    init(
        _ column: Relation.Column, isIdentity: Bool, _ rule: TableRule, _ description: TypeDescription?,
        prefix: Range<Int>, mask: Int?
    ) {
        let formats = rule.columnFormats[column.name] ?? rule.formats
        prefixOffset = prefix.lowerBound
        prefixLength = prefix.count
        encoding = ValueEncoding(type: description?.base ?? column.type, formats)
        array = ArrayType(type: column.type, description, formats)
        self.isIdentity = isIdentity
        isIncluded = rule.columns.includes(column.name)
        self.mask = mask ?? -1
        isBytea = (description?.base ?? column.type).rawValue == 17
    }
}
