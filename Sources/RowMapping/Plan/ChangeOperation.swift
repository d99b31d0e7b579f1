/// What happened to a row or a table.
public enum ChangeOperation: UInt8, CaseIterable, Sendable {
    case insert, update, delete, truncate

    /// As `operationField` spells it.
    public var name: String {
        switch self {
        case .insert: "INSERT"
        case .update: "UPDATE"
        case .delete: "DELETE"
        case .truncate: "TRUNCATE"
        }
    }
}
