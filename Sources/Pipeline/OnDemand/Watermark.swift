internal import RowMapping

/// A mark in the stream before or after the reading of one chunk: a transactional logical message with the prefix
/// ``prefix``. What the stream has between the two may be older or newer than the chunk; what stands outside is not.
public struct Watermark: Hashable, Sendable {
    public static let prefix = "pqcdc.watermark"

    public enum Kind: String, Sendable { case low, high }

    /// Whose it is: other pipelines of the same database see it, too.
    public var slot: String
    /// Of this process and this run; marks of a run that a kill has ended mean nothing.
    public var run: UInt64
    /// Counted over a run's readings, so that a chunk that is read again gets a mark of its own.
    public var chunk: UInt64
    public var kind: Kind
    /// Made at random for each mark, and known to no one else before the mark stands in the WAL.
    public var token: UInt64

    public init(
        slot: String, run: UInt64, chunk: UInt64, kind: Kind, token: UInt64 = .random(in: 1...(.max))
    ) {
        self.slot = slot
        self.run = run
        self.chunk = chunk
        self.kind = kind
        self.token = token
    }

    /// Reads a message's content.
    public init(json: [UInt8]) throws(StateRecordError) {
        let fields = try StateFields(json)
        slot = try fields.text("slot")
        run = try fields.number("run")
        chunk = try fields.number("chunk")
        guard let kind = Kind(rawValue: try fields.text("mark")) else { throw .wrongField("mark") }
        self.kind = kind
        token = try fields.number("token")
    }

    /// The message's content.
    public var json: [UInt8] {
        Array(#"{"slot":"#.utf8) + JSONText.quoted(slot)
            + Array(#","run":\#(run),"chunk":\#(chunk),"mark":"\#(kind.rawValue)","token":\#(token)}"#.utf8)
    }
}
