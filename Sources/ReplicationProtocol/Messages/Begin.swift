/// The start of a transaction's changes.
public struct Begin: Hashable, Sendable {
    /// The LSN of the commit record: known in advance, since changes are sent at commit.
    public var finalLSN: LSN
    public var commitTime: ServerTime
    public var xid: UInt32

    public init(finalLSN: LSN, commitTime: ServerTime, xid: UInt32) {
        self.finalLSN = finalLSN
        self.commitTime = commitTime
        self.xid = xid
    }

    init(_ cursor: inout WireCursor, _ bytes: RawSpan) throws(ProtocolError) {
        finalLSN = try cursor.lsn("finalLSN", bytes)
        commitTime = ServerTime(rawValue: Int64(bitPattern: try cursor.uint64("commitTime", bytes)))
        xid = try cursor.uint32("xid", bytes)
    }
}
