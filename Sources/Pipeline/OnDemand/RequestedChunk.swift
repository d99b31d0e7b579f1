public import ReplicationProtocol

/// The rows of some pages of a table, read for a request, and not judged yet.
public struct RequestedChunk: ~Copyable, Sendable {
    public var run: UInt64
    /// The number that its watermarks have.
    public var number: UInt64
    /// The table that was read, among those that the request comes to.
    public var leaf: Int
    /// The pages whose rows are complete in ``lines``.
    public var pages: Range<UInt32>
    /// Whether the table has no pages behind these.
    public var isLast: Bool
    /// What the reading transaction saw.
    public var snapshot: TransactionSnapshot
    public var lines: CopyLines

    public init(
        run: UInt64, number: UInt64, leaf: Int, pages: Range<UInt32>, isLast: Bool, snapshot: TransactionSnapshot,
        lines: consuming CopyLines
    ) {
        self.run = run
        self.number = number
        self.leaf = leaf
        self.pages = pages
        self.isLast = isLast
        self.snapshot = snapshot
        self.lines = lines
    }
}
