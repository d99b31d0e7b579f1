public import ReplicationProtocol

/// PostgreSQL refused something or went away.
public struct SourceFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of statement was refused. The server has few SQLSTATEs, so what one means depends on what was asked:
    /// 42704 ends START_REPLICATION for good where a publication is missing, and only says of an exported snapshot that
    /// its session has ended.
    public enum Statement: Hashable, Sendable, CaseIterable {
        /// Logging in, START_REPLICATION and what it streams, or the making of a slot.
        case replication
        /// Questions of ours to the catalog, whose objects come and go, and the beginning and end of transactions.
        case catalog
        /// Reading of rows. Names of tables and columns, and conditions of the configuration, are part of it.
        case rows
        /// Use of what another session holds: an exported snapshot. It is gone with that session.
        case borrowing
    }

    /// What could not be done, to which object, and the server's own reason.
    public var description: String
    /// nil where the failure is not the server's answer: unreachable, lost, silent.
    public var sqlState: String?
    public var statement: Statement
    /// What the server was decoding when it failed at that; nil for any other failure.
    public var decoding: Place?

    /// Where a change is in the WAL.
    public struct Place: Hashable, Sendable {
        public var slot: String
        public var lsn: LSN

        public init(slot: String, lsn: LSN) {
            self.slot = slot
            self.lsn = lsn
        }
    }

    public init(_ description: String, sqlState: String? = nil, statement: Statement = .replication) {
        self.description = description
        self.sqlState = sqlState
        self.statement = statement
    }
}
