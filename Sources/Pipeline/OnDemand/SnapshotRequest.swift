public import RowMapping

/// A wish for a snapshot of one table beside the stream: a logical message with the prefix ``prefix``.
///
///     SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', '{"table":"public.orders","where":"id > 100"}')
public struct SnapshotRequest: Hashable, Sendable {
    /// Messages of prefixes that begin so are ours, and never become records.
    public static let reservedPrefix = "pqcdc."
    public static let prefix = "pqcdc.snapshot"

    public var table: TableName
    /// SQL that a row must meet; nil reads all.
    public var condition: String?

    /// The slot whose pipeline is meant; nil means each that streams the table.
    public var slot: String?

    public init(table: TableName, condition: String? = nil, slot: String? = nil) {
        self.table = table
        self.condition = condition
        self.slot = slot
    }

    /// Reads a message's content. Fields that a later version adds are passed over.
    public init(json: [UInt8]) throws(StateRecordError) { try self.init(StateFields(json)) }

    init(_ fields: StateFields) throws(StateRecordError) {
        guard let table = TableName(sql: try fields.text("table")) else { throw .wrongField("table") }
        self.table = table
        condition = try fields.optionalText("where")
        slot = try fields.optionalText("slot")
    }

    /// The message's content.
    public var json: [UInt8] {
        var bytes = Array(#"{"table":"#.utf8) + JSONText.quoted(table.sql)
        if let condition { bytes += Array(#","where":"#.utf8) + JSONText.quoted(condition) }
        if let slot { bytes += Array(#","slot":"#.utf8) + JSONText.quoted(slot) }
        return bytes + "}".utf8
    }
}
