/// What `pg_logical_emit_message` wrote. The content stays in the message's bytes.
public struct LogicalMessage: Hashable, Sendable {
    public var isTransactional: Bool
    public var lsn: LSN
    public var prefix: String
    public var content: Range<Int>

    init(_ cursor: inout WireCursor, _ bytes: RawSpan) throws(ProtocolError) {
        isTransactional = try cursor.uint8("message flags", bytes) & 1 == 1
        lsn = try cursor.lsn("message LSN", bytes)
        prefix = try cursor.string("message prefix", bytes)
        let length = Int(try cursor.uint32("content length", bytes))
        let start = try cursor.advance(length, "content", bytes)
        content = start..<start + length
    }
}
