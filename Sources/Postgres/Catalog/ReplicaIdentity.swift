/// What an UPDATE or DELETE writes to the WAL about the old row: a table's `REPLICA IDENTITY`.
/// <https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY>
public enum ReplicaIdentity: Hashable, Sendable {
    /// The primary key's columns; nothing without one.
    case `default`
    case full
    case nothing
    /// The columns of the index called `name`; nothing once that index was dropped.
    case index(String)

    /// - Parameter code: `pg_class.relreplident`.
    init?(code: String?, index: String?) {
        switch code {
        case "d": self = .default
        case "f": self = .full
        case "n": self = .nothing
        case "i": self = index.map { .index($0) } ?? .nothing
        default: return nil
        }
    }

    /// As it follows `ALTER TABLE …`: `REPLICA IDENTITY FULL`.
    public func clause(_ quoting: SQLQuoting) -> String {
        switch self {
        case .default: "REPLICA IDENTITY DEFAULT"
        case .full: "REPLICA IDENTITY FULL"
        case .nothing: "REPLICA IDENTITY NOTHING"
        case .index(let name): "REPLICA IDENTITY USING INDEX \(quoting.identifier(name))"
        }
    }
}
