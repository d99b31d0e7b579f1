/// Where a transaction came from, when it was replicated to the server from another one.
public struct Origin: Hashable, Sendable {
    public var commitLSN: LSN
    public var name: String

    init(_ cursor: inout WireCursor, _ bytes: RawSpan) throws(ProtocolError) {
        commitLSN = try cursor.lsn("commitLSN", bytes)
        name = try cursor.string("origin name", bytes)
    }
}
