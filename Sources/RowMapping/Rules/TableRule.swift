/// What the configuration declares for one table, or for all that a pattern names: `mapping.defaults` with its own keys
/// laid over them.
///
/// A rule is compiled into a ``RowPlan`` once for each Relation message; no row ever looks at it.
public struct TableRule: Hashable, Sendable {
    /// The topic that the table's records go to.
    public var topic: Template
    public var illegalTopicCharacters = IllegalTopicAction.error
    /// The columns that make the record key; nil asks for the table's primary key.
    public var key: [String]?
    public var keyFormat = KeyFormat.text
    public var partition = PartitionRule.key
    public var envelope = Envelope.row
    public var headers: [HeaderRule] = []
    public var timestamp = RecordTimestamp.now
    public var onDelete: DeleteAction
    public var onTruncate: TruncateAction
    /// What happens to a change that cannot become a record.
    public var onError = FailureAction.stop
    /// What happens to a record that is larger than Kafka takes.
    public var onOversize = FailureAction.stop
    /// Whether an UPDATE that changed no column of the value or the key sends nothing. Needs `REPLICA IDENTITY FULL`.
    public var skipUnchanged: Bool
    public var unchangedTOAST: UnchangedTOASTAction
    /// What ``UnchangedTOASTAction/placeholder`` writes.
    public var unchangedTOASTPlaceholder: String
    /// Only changes that this holds for are sent; nil for all.
    public var filter: FilterExpression?
    public var columns: ColumnRules
    /// How values are written, for all columns that ``columnFormats`` does not name.
    public var formats: ValueFormats
    /// How values of single columns are written, by the column's name.
    public var columnFormats: [String: ValueFormats]
    /// The field that carries the operation's name in the value; nil leaves it out.
    public var operationField: String?

    public static let defaultPlaceholder = "__unchanged_toast"

    public init(
        topic: Template, key: [String]? = nil, onDelete: DeleteAction = .old,
        onTruncate: TruncateAction = .skip, operationField: String? = nil, skipUnchanged: Bool = false,
        unchangedTOAST: UnchangedTOASTAction = .omit,
        unchangedTOASTPlaceholder: String = Self.defaultPlaceholder, filter: FilterExpression? = nil,
        columns: ColumnRules = ColumnRules(),
        formats: ValueFormats = ValueFormats(), columnFormats: [String: ValueFormats] = [:]
    ) {
        self.topic = topic
        self.key = key
        self.onDelete = onDelete
        self.onTruncate = onTruncate
        self.operationField = operationField
        self.skipUnchanged = skipUnchanged
        self.unchangedTOAST = unchangedTOAST
        self.unchangedTOASTPlaceholder = unchangedTOASTPlaceholder
        self.filter = filter
        self.columns = columns
        self.formats = formats
        self.columnFormats = columnFormats
    }

    /// Whether records do not show a column's values: they are masked, or left out of value and key.
    package func hides(_ column: String) -> Bool {
        columns.mask[column] != nil || (!columns.includes(column) && key?.contains(column) != true)
    }
}
