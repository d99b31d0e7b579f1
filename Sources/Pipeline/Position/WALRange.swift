public import ReplicationProtocol

/// A stretch of WAL whose changes a lost slot will not send.
public struct WALRange: Hashable, Sendable, CustomStringConvertible {
    public var from: LSN
    public var to: LSN

    /// - Returns: nil where nothing lies between the two.
    public init?(from: LSN, to: LSN) {
        guard to > from else { return nil }
        self.from = from
        self.to = to
    }

    public var description: String { "from \(from) to \(to) (\(to.bytes(since: from)) bytes of WAL)" }
}
