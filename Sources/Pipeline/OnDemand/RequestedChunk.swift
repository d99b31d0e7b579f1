public import ReplicationProtocol

/// Rows of a table that were read for a request, and not judged yet.
public struct RequestedChunk: ~Copyable, Sendable {
    public var run: UInt64
    /// The number that its watermarks have.
    public var number: UInt64
    /// The table that was read, among those that the request comes to.
    public var leaf: Int
    /// Behind its last row: everything before is complete.
    public var end: TupleID
    /// Whether nothing is left to be read for the request.
    public var isLast: Bool
    /// What the reading transaction saw.
    public var snapshot: TransactionSnapshot
    public var lines: CopyLines

    public init(
        run: UInt64, number: UInt64, leaf: Int, end: TupleID, isLast: Bool, snapshot: TransactionSnapshot,
        lines: consuming CopyLines
    ) {
        self.run = run
        self.number = number
        self.leaf = leaf
        self.end = end
        self.isLast = isLast
        self.snapshot = snapshot
        self.lines = lines
    }
}
