public import ReplicationProtocol

/// A record that Kafka does not take, by its place: facts, never its content.
public struct RefusedRecord: Hashable, Sendable, CustomStringConvertible {
    /// The table, `schema.name`, or the prefix of a message.
    public var origin: String
    /// Whether it is a logical message's.
    public var isMessage: Bool
    /// Where the change stands.
    public var lsn: LSN
    public var refusal: SinkRefusal

    public init(origin: String, isMessage: Bool, lsn: LSN, refusal: SinkRefusal) {
        self.origin = origin
        self.isMessage = isMessage
        self.lsn = lsn
        self.refusal = refusal
    }

    public var description: String {
        let what = isMessage ? "message \"\(origin)\"" : "change of table \(origin)"
        return "could not send the \(what) at \(lsn): \(refusal.failure)"
    }
}
