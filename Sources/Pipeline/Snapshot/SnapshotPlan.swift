/// Whether rows that were there before are sent, and how gently they are read.
public struct SnapshotPlan: Hashable, Sendable {
    public enum Mode: Hashable, Sendable {
        case never
        /// Once, before the first change.
        case initial
        /// And nothing else.
        case only
    }

    public var mode = Mode.never
    /// Rows that one statement reads, about.
    public var chunkSize = 8000
    /// Connections that read at the same time.
    public var parallelism = 2
    /// Bytes of records a second, of all connections together; nil for no limit.
    public var maxRate: Int?
    /// How long a transaction reads before another snapshot is taken: while it is open, vacuum keeps what it sees.
    public var maxTransactionDuration = Duration.seconds(3600)

    public init() {}

    /// Bytes of a table that a chunk has at most, about, however large its rows are: a chunk is read anew after an
    /// interruption, and in exactly-once no Kafka transaction ends within one.
    var chunkBytes: Int { min(4 << 20, maxRate.map { $0 / max(parallelism, 1) } ?? .max) }

    /// How often progress is written, and a Kafka transaction of rows committed.
    static let progressInterval = Duration.seconds(1)
}
