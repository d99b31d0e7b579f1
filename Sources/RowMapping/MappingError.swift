/// A change that the declared rules cannot turn into records. Names tables and columns, never values.
public enum MappingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A `key` rule names columns that the table does not have, or that the publication leaves out.
    case unknownKeyColumns([String], table: TableName)
    /// A rule names columns that the table does not have, or that the publication leaves out; `rule` is its key.
    case unknownColumns([String], rule: String, table: TableName)
    /// The filter does not fit the table: a column that it does not have, or types that cannot be compared.
    case unfitFilter(String, table: TableName)
    /// Without a `key` rule the key is the primary key, and the server does not send these columns of it.
    case hiddenPrimaryKey([String], table: TableName)
    /// Two columns, constants or the operation would go to the same field.
    case duplicateField(String, table: TableName)
    /// The topic is none that Kafka takes, for every row alike.
    case illegalTopic(String, table: TableName)
    /// The old row's key, partition or topic is needed, and the replica identity does not carry these columns.
    case keyNotInReplicaIdentity([String], table: TableName)
    /// A column of key, partition or topic is an unchanged TOAST value that no old tuple carries.
    case keyNotSent(column: String, table: TableName)
    /// What a row gives as its topic is none that Kafka takes, or nothing.
    case illegalTopicOfRow(table: TableName)
    /// What a row gives as its topic is one that Kafka or the pipeline keeps for itself.
    case takenTopicOfRow(table: TableName)
    /// The topic that a row names does not exist, and may not be created.
    case missingTopicOfRow(String, table: TableName)
    /// What a row gives as its partition's number is none.
    case illegalPartition(column: String, table: TableName)
    /// A logical message whose content is not what its rule says.
    case malformedMessage(prefix: String, content: MessageRule.Content)
    /// The row's topic is not open; not an error of the row, which is to be mapped again when it is.
    case unopenedTopic(String)
    /// Values of the row are to be read from the table first; the columns' indexes. As above.
    case unfetchedColumns([Int])
    /// The tuple has another number of columns than the relation.
    case columnCountMismatch(table: TableName, relation: Int, tuple: Int)
    /// A value in binary form, which was not asked for.
    case unexpectedBinary(column: String, table: TableName)
    /// A value's text is not what its type prints.
    case malformedValue(column: String, type: String, table: TableName)
    /// A value that the declared format has no form for: an infinite timestamp as a number.
    case unrepresentable(column: String, table: TableName)
    /// A change of a table whose Relation message never came.
    case unknownRelation(oid: UInt32)
    /// `mapping.unmapped: error`, and a change of a table that no rule names.
    case unmappedTable(TableName)

    public var description: String {
        switch self {
        case .unknownKeyColumns(let columns, let table):
            "table \(table) has no column \(Self.list(columns)), which its key rule names"
        case .unknownColumns(let columns, let rule, let table):
            "table \(table) has no column \(Self.list(columns)), which its rule \(rule) names"
        case .unfitFilter(let reason, let table): "the filter of table \(table) does not fit it: \(reason)"
        case .hiddenPrimaryKey(let columns, let table):
            "the server does not send \(Self.list(columns)) of the primary key of table \(table), so its records would"
                + " have no key of their own"
        case .duplicateField(let field, let table):
            "the value of table \(table) would have the field \"\(field)\" twice"
        case .illegalTopic(let problem, let table): "the topic of table \(table) \(problem)"
        case .keyNotInReplicaIdentity(let columns, let table):
            "the replica identity of table \(table) does not carry \(Self.list(columns)), which its key, partition or"
                + " topic is made of: where a deleted or re-keyed row went is not known"
        case .keyNotSent(let column, let table):
            "column \"\(column)\" of table \(table), which its key, partition or topic is made of, is an unchanged"
                + " TOAST value that the server does not send"
        case .illegalTopicOfRow(let table): "a row of table \(table) gives a topic that Kafka does not take"
        case .takenTopicOfRow(let table):
            "a row of table \(table) gives a topic that Kafka or the pipeline keeps for itself"
        // The name is a row's value.
        case .missingTopicOfRow(_, let table):
            "a row of table \(table) gives a topic that does not exist and may not be created"
        case .illegalPartition(let column, let table):
            "a value of column \"\(column)\" of table \(table) is not a partition's number"
        case .malformedMessage(let prefix, let content):
            "the content of a logical message with prefix \"\(prefix)\" is not \(content == .json ? "JSON" : "UTF-8")"
        case .unopenedTopic: "a row's topic is not open"
        case .unfetchedColumns: "values of a row are not sent"
        case .columnCountMismatch(let table, let relation, let tuple):
            "a row of table \(table) has \(tuple) columns where its relation has \(relation)"
        case .unexpectedBinary(let column, let table):
            "column \"\(column)\" of table \(table) came in binary form"
        case .malformedValue(let column, let type, let table):
            "column \"\(column)\" of table \(table) is not what type \(type) prints"
        case .unrepresentable(let column, let table):
            "a value of column \"\(column)\" of table \(table) has no form in the declared format"
        case .unknownRelation(let oid): "a change of relation \(oid) came before its description"
        case .unmappedTable(let table): "no rule names table \(table)"
        }
    }

    /// Whether the change alone is to blame, so that another of the same table may pass: what `onError` is about.
    public var isOfOneChange: Bool {
        switch self {
        case .keyNotInReplicaIdentity, .keyNotSent, .illegalTopicOfRow, .takenTopicOfRow, .missingTopicOfRow,
            .illegalPartition, .malformedMessage, .malformedValue, .unrepresentable:
            true
        case .unknownKeyColumns, .hiddenPrimaryKey, .unknownColumns, .unfitFilter, .duplicateField, .illegalTopic,
            .columnCountMismatch, .unexpectedBinary, .unopenedTopic, .unfetchedColumns, .unknownRelation,
            .unmappedTable:
            false
        }
    }

    private static func list(_ columns: [String]) -> String {
        columns.map { "\"\($0)\"" }.joined(separator: ", ")
    }
}
