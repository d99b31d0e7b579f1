/// The end of a transaction's changes.
public struct Commit: Hashable, Sendable {
    public var flags: UInt8
    public var commitLSN: LSN
    /// The first LSN behind the commit record: what may be confirmed once the transaction is delivered.
    public var endLSN: LSN
    public var commitTime: ServerTime

    init(_ cursor: inout WireCursor, _ bytes: RawSpan) throws(ProtocolError) {
        flags = try cursor.uint8("flags", bytes)
        commitLSN = try cursor.lsn("commitLSN", bytes)
        endLSN = try cursor.lsn("endLSN", bytes)
        commitTime = ServerTime(rawValue: Int64(bitPattern: try cursor.uint64("commitTime", bytes)))
    }
}
