/// PostgreSQL refused something or went away.
public struct SourceFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What could not be done, to which object, and the server's own reason.
    public var description: String
    /// nil where the failure is not the server's answer: unreachable, lost, silent.
    public var sqlState: String?

    public init(_ description: String, sqlState: String? = nil) {
        self.description = description
        self.sqlState = sqlState
    }
}
