public import RowMapping

/// A table that a snapshot is to read, and why it cannot be read.
public struct UnreadableTable: Hashable, Sendable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        case missing = "does not exist"
        case notPublished = "is not published"
        case notMapped = "has no rule in the mapping"
        case noPrivilege = "may not be read by this role"
        case hidesRows = "has row-level security, which may hide rows from this role"
        case foreign = "is a foreign table"
        case noTable = "is no table"
    }

    public var table: TableName
    public var reason: Reason

    public init(_ table: TableName, _ reason: Reason) {
        self.table = table
        self.reason = reason
    }

    public var description: String { "\(table) \(reason.rawValue)" }
}
