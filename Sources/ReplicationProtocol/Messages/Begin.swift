/// The start of a transaction's changes.
public struct Begin: Hashable, Sendable {
    /// The LSN of the commit record: known in advance, since changes are sent at commit.
    public var finalLSN: LSN
    public var commitTime: ServerTime
    public var xid: UInt32

    init(_ cursor: inout WireCursor, _ bytes: RawSpan) throws(ProtocolError) {
        finalLSN = try cursor.lsn("finalLSN", bytes)
        commitTime = ServerTime(rawValue: Int64(bitPattern: try cursor.uint64("commitTime", bytes)))
        xid = try cursor.uint32("xid", bytes)
    }
}
