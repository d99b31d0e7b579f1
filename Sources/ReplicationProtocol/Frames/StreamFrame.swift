/// What a walsender puts into one CopyData message.
/// <https://www.postgresql.org/docs/current/protocol-replication.html>
public enum StreamFrame: Hashable, Sendable {
    /// XLogData: a pgoutput message that begins `payloadOffset` bytes into the frame.
    case walData(walStart: LSN, walEnd: LSN, sendTime: ServerTime)
    /// Primary keepalive: the server has decoded everything below `walEnd`.
    case keepalive(walEnd: LSN, sendTime: ServerTime, replyRequested: Bool)

    /// The length of the header in front of an XLogData's payload.
    public static let walDataHeaderLength = 25

    static let walDataKind = UInt8(ascii: "w")
    static let keepaliveKind = UInt8(ascii: "k")

    public init(decoding bytes: RawSpan) throws(ProtocolError) {
        var cursor = WireCursor(at: 0)
        let kind = try cursor.uint8("frame kind", bytes)
        switch kind {
        case Self.walDataKind:
            self = .walData(
                walStart: try cursor.lsn("walStart", bytes), walEnd: try cursor.lsn("walEnd", bytes),
                sendTime: ServerTime(rawValue: Int64(bitPattern: try cursor.uint64("sendTime", bytes))))
        case Self.keepaliveKind:
            let walEnd = try cursor.lsn("walEnd", bytes)
            let sendTime = ServerTime(rawValue: Int64(bitPattern: try cursor.uint64("sendTime", bytes)))
            self = .keepalive(
                walEnd: walEnd, sendTime: sendTime,
                replyRequested: try cursor.uint8("replyRequested", bytes) == 1)
            try cursor.expectEnd(of: "k", bytes)
        default: throw .unknownFrame(kind: kind)
        }
    }
}
