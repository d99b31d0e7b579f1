/// What the server said of the slot when it was last asked. Numbers that it does not tell are nil.
public struct SlotSample: Hashable, Sendable {
    /// The values of `wal_status`, worst last.
    public static let walStatuses = ["reserved", "extended", "unreserved", "lost"]

    public var isActive: Bool
    /// One of ``walStatuses``.
    public var walStatus: String?
    /// From the slot's `restart_lsn` to the WAL's end.
    public var retainedBytes: UInt64?
    /// `safe_wal_size`; nil too where nothing limits what the slot retains.
    public var safeBytes: UInt64?
    /// `confirmed_flush_lsn`, whoever it was that confirmed.
    public var confirmedLSN: UInt64?
    /// From `pg_stat_replication_slots`.
    public var decoded: DecodingCounts?

    public struct DecodingCounts: Hashable, Sendable {
        public var transactions: UInt64
        public var bytes: UInt64
        public var spilledTransactions: UInt64
        public var spilledBytes: UInt64
        public var streamedTransactions: UInt64
        public var streamedBytes: UInt64

        public init(
            transactions: UInt64, bytes: UInt64, spilledTransactions: UInt64, spilledBytes: UInt64,
            streamedTransactions: UInt64, streamedBytes: UInt64
        ) {
            self.transactions = transactions
            self.bytes = bytes
            self.spilledTransactions = spilledTransactions
            self.spilledBytes = spilledBytes
            self.streamedTransactions = streamedTransactions
            self.streamedBytes = streamedBytes
        }
    }

    public init(
        isActive: Bool, walStatus: String?, retainedBytes: UInt64?, safeBytes: UInt64?, confirmedLSN: UInt64?,
        decoded: DecodingCounts?
    ) {
        self.isActive = isActive
        self.walStatus = walStatus
        self.retainedBytes = retainedBytes
        self.safeBytes = safeBytes
        self.confirmedLSN = confirmedLSN
        self.decoded = decoded
    }
}
