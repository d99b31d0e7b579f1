public import ReplicationProtocol

/// Where a change stands: what headers, templates and timestamps know of it besides its row.
public struct ChangeContext: Sendable {
    /// The change's own place in the WAL.
    public var lsn: LSN
    /// Its number in its transaction, from 1; counted over everything that the stream brings, so that filters and
    /// rules do not move it. 0 outside of a transaction.
    public var ordinal: UInt64
    /// The transaction that it belongs to; nil for a logical message that belongs to none.
    public var transaction: Begin?
    /// The columns whose values were read from the table, for want of them in the change; nil before that was tried.
    public var reselected: [Int]?

    public init(
        lsn: LSN = .zero, ordinal: UInt64 = 0, transaction: Begin? = nil, reselected: [Int]? = nil
    ) {
        self.lsn = lsn
        self.ordinal = ordinal
        self.transaction = transaction
        self.reselected = reselected
    }

    /// The commit's time in milliseconds since 1970; 0 where there is no commit.
    var commitMilliseconds: Int64 {
        guard let transaction else { return 0 }
        let microseconds = transaction.commitTime.microsecondsSinceUnixEpoch
        return microseconds >= 0 ? microseconds / 1000 : (microseconds - 999) / 1000
    }
}
