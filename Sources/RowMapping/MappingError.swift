/// A change that the declared rules cannot turn into records. Names tables and columns, never values.
public enum MappingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A `key` rule names columns that the table does not have, or that the publication leaves out.
    case unknownKeyColumns([String], table: TableName)
    /// `columns` names columns that the table does not have, or that the publication leaves out.
    case unknownColumns([String], table: TableName)
    /// The filter does not fit the table: a column that it does not have, or types that cannot be compared.
    case unfitFilter(String, table: TableName)
    /// Two columns, constants or the operation would go to the same field.
    case duplicateField(String, table: TableName)
    /// The change's old key is needed, and the replica identity does not carry it.
    case keyNotInReplicaIdentity([String], table: TableName)
    /// A key column is an unchanged TOAST value that no old tuple carries.
    case keyNotSent(column: String, table: TableName)
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
        case .unknownColumns(let columns, let table):
            "table \(table) has no column \(Self.list(columns)), which its columns rule names"
        case .unfitFilter(let reason, let table): "the filter of table \(table) does not fit it: \(reason)"
        case .duplicateField(let field, let table):
            "the value of table \(table) would have the field \"\(field)\" twice"
        case .keyNotInReplicaIdentity(let columns, let table):
            "the replica identity of table \(table) does not carry key column \(Self.list(columns)),"
                + " so the key of a deleted or re-keyed row is not known"
        case .keyNotSent(let column, let table):
            "key column \"\(column)\" of table \(table) is an unchanged TOAST value that the server does not send"
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

    private static func list(_ columns: [String]) -> String {
        columns.map { "\"\($0)\"" }.joined(separator: ", ")
    }
}
