public import RowMapping

/// A table that a snapshot is to read, and why it cannot be read.
public struct UnreadableTable: Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable, CustomStringConvertible {
        case missing
        case notPublished
        case notMapped
        case noPrivilege
        case hidesRows
        case foreign
        case noTable
        /// The configuration's or the publication's condition on its rows, and what the server has against it.
        case condition(String)

        public var description: String {
            switch self {
            case .missing: "does not exist"
            case .notPublished: "is not published"
            case .notMapped: "has no rule in the mapping"
            case .noPrivilege: "may not be read by this role"
            case .hidesRows: "has row-level security, which may hide rows from this role"
            case .foreign: "is a foreign table"
            case .noTable: "is no table"
            case .condition(let reason): "has a condition that the server refuses: \(reason)"
            }
        }
    }

    public var table: TableName
    public var reason: Reason

    public init(_ table: TableName, _ reason: Reason) {
        self.table = table
        self.reason = reason
    }

    public var description: String { "\(table) \(reason)" }
}
