/// What happened to a row or a table; or a logical message, which is a change of neither.
public enum ChangeOperation: UInt8, CaseIterable, Sendable {
    case insert, update, delete, truncate, message
    /// A row that was there before, as a snapshot reads it.
    case snapshot

    /// As `operationField` and `{operation}` spell it.
    public var name: String { staticName.description }

    var staticName: StaticString {
        switch self {
        case .insert: "INSERT"
        case .update: "UPDATE"
        case .delete: "DELETE"
        case .truncate: "TRUNCATE"
        case .message: "MESSAGE"
        case .snapshot: "SNAPSHOT"
        }
    }
}
