public import RowMapping

/// A wish for a snapshot of one table beside the stream, or for an end of it: a logical message with the prefix ``prefix``.
///
///     SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', '{"table":"public.orders","where":"id > 100"}')
///     SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', '{"table":"public.orders","cancel":true}')
public struct SnapshotRequest: Hashable, Sendable {
    /// Messages of prefixes that begin so are ours, and never become records.
    public static let reservedPrefix = "pqcdc."
    public static let prefix = "pqcdc.snapshot"

    /// Bytes of a message's content, from whoever may write one. Every position holds all that wait, in a record of Kafka's.
    public static let maxBytes = 16 << 10

    public var table: TableName
    /// What a row must meet, in the language of the mapping's filters (``RowCondition``); nil reads all. It is never SQL:
    /// others write it.
    public var condition: String?

    /// The slot whose pipeline is meant; nil means each that streams the table.
    public var slot: String?
    /// Whether requests of the table are withdrawn by it.
    public var isCancellation: Bool
    /// nil for a request that anyone may have written.
    public var signature: RequestSignature?

    public init(table: TableName, condition: String? = nil, slot: String? = nil, isCancellation: Bool = false) {
        self.table = table
        self.condition = condition
        self.slot = slot
        self.isCancellation = isCancellation
    }

    /// Reads a message's content. Fields that a later version adds are passed over.
    public init(json: [UInt8]) throws(StateRecordError) {
        guard json.count <= Self.maxBytes else { throw .tooLong(limit: Self.maxBytes) }
        try self.init(StateFields(json))
    }

    init(_ fields: StateFields) throws(StateRecordError) {
        guard let table = TableName(sql: try fields.text("table")) else { throw .wrongField("table") }
        self.table = table
        condition = try fields.optionalText("where")
        slot = try fields.optionalText("slot")
        isCancellation = try fields.flag("cancel")
        signature = if let inner = try fields.fields("signature") { try RequestSignature(inner) } else { nil }
    }

    /// Whether both ask for the same rows, whoever has written them and when.
    func asksForTheSame(as other: SnapshotRequest) -> Bool {
        table == other.table && condition == other.condition && slot == other.slot
    }

    /// The message's content.
    public var json: [UInt8] {
        var bytes = Array(#"{"table":"#.utf8) + JSONText.quoted(table.sql)
        if let condition { bytes += Array(#","where":"#.utf8) + JSONText.quoted(condition) }
        if let slot { bytes += Array(#","slot":"#.utf8) + JSONText.quoted(slot) }
        if isCancellation { bytes += Array(#","cancel":true"#.utf8) }
        if let signature { bytes += Array(#","signature":"#.utf8) + signature.json }
        return bytes + "}".utf8
    }
}
