/// What we tell the walsender: how far we have received, and how much WAL it may forget.
/// <https://www.postgresql.org/docs/current/protocol-replication.html>
public struct StandbyStatusUpdate: Hashable, Sendable {
    /// The last LSN received, whether or not it has been delivered.
    public var received: LSN
    /// The LSN up to which every record has been delivered: flush and apply position both.
    public var confirmed: LSN
    public var sendTime: ServerTime
    public var replyRequested: Bool

    public init(received: LSN, confirmed: LSN, sendTime: ServerTime, replyRequested: Bool = false) {
        self.received = received
        self.confirmed = confirmed
        self.sendTime = sendTime
        self.replyRequested = replyRequested
    }

    /// The 34 bytes of the CopyData message.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "r")]
        bytes.reserveCapacity(34)
        for word in [received.rawValue, confirmed.rawValue, confirmed.rawValue, UInt64(bitPattern: sendTime.rawValue)] {
            withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
        }
        bytes.append(replyRequested ? 1 : 0)
        return bytes
    }
}
