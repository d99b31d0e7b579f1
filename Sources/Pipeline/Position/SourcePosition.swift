public import ReplicationProtocol

/// Where a pipeline has come to, as the state topic keeps it.
public struct SourcePosition: Hashable, Sendable {
    /// The end of a commit: everything at or below it is in Kafka.
    public var lsn: LSN
    /// The transaction behind `lsn` of which a part is in Kafka too.
    public var partial: Partial?
    /// How far the initial snapshot is; nil where there was none.
    public var snapshot: SnapshotStage?
    /// The requested snapshots that are not done, in their order.
    public var requests: [RequestProgress] = []
    /// Whether the record holds requests that cannot be read, which are left out.
    public var hasUnreadableRequests = false
    /// The server's timeline at `lsn`; nil in a position of a version that did not keep it.
    public var timeline: UInt32?
    /// Where that timeline began; nil on timeline 1, and where it is not known.
    public var timelineBegin: LSN?
    /// The last whole transaction at or below `lsn`; nil where none has come since marks are kept.
    public var mark: TransactionMark?

    /// A transaction that was too large for one Kafka transaction.
    ///
    /// Decoding a transaction again yields the same changes in the same order, so their number says where to go on; the
    /// LSNs of rows do not, since one record of the WAL can carry many rows.
    public struct Partial: Hashable, Sendable {
        public var xid: UInt32
        /// The LSN of its commit, as its Begin message says: xids come again after a wraparound.
        public var finalLSN: LSN
        /// How many of its changes are in Kafka, from the first on.
        public var changes: UInt64

        public init(xid: UInt32, finalLSN: LSN, changes: UInt64) {
            self.xid = xid
            self.finalLSN = finalLSN
            self.changes = changes
        }
    }

    public init(lsn: LSN, partial: Partial? = nil, snapshot: SnapshotStage? = nil) {
        self.lsn = lsn
        self.partial = partial
        self.snapshot = snapshot
    }
}
