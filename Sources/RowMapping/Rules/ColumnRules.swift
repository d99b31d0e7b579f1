/// `columns`: which columns a value carries, and under which names.
public struct ColumnRules: Hashable, Sendable {
    /// What a rule that names a column which the table does not have leads to.
    public enum MissingAction: String, CaseIterable, Sendable {
        case stop
        /// The rule is without effect, and that is logged.
        case warn
    }

    /// Only these columns; nil for all.
    public var include: [String]?
    /// Not these columns.
    public var exclude: [String] = []
    /// Column → field name.
    public var rename: [String: String] = [:]
    /// Fields with a text that is the same in every record, in the file's order.
    public var constants: [Constant] = []
    /// Column → what stands for its values.
    public var mask: [String: Mask] = [:]
    public var missing = MissingAction.stop

    public struct Constant: Hashable, Sendable {
        public var field: String
        public var text: String

        public init(field: String, text: String) {
            self.field = field
            self.text = text
        }
    }

    public init() {}

    /// Whether the value carries a column.
    package func includes(_ column: String) -> Bool {
        (include?.contains(column) ?? true) && !exclude.contains(column)
    }

    /// The field that a column's value goes to.
    func field(of column: String) -> String { rename[column] ?? column }

    /// Every column that the rules name.
    var names: Set<String> { Set((include ?? []) + exclude + rename.keys + mask.keys) }
}
