import RowMapping

/// The key of a state record: `{"kind":"position","systemIdentifier":"7412","database":"shop","slot":"shop_slot"}`, with
/// `"pipeline":"eu"` at its end where the file names the pipeline.
extension PipelineIdentity {
    /// Reads what ``json`` wrote, and what a later version adds fields to.
    ///
    /// The kind keeps other state of a pipeline, which the same topic may come to hold, from being taken for a position.
    public init(json: [UInt8]) throws(StateRecordError) {
        let fields = try StateFields(json)
        guard try fields.text("kind") == Self.kind else { throw .wrongField("kind") }
        systemIdentifier = try fields.text("systemIdentifier")
        database = try fields.text("database")
        slot = try fields.text("slot")
        pipeline = try fields.optionalText("pipeline")
    }

    /// The same bytes in every version: compaction compares keys byte by byte.
    public var json: [UInt8] {
        var bytes = json(kind: Self.kind)
        guard let pipeline else { return bytes }
        bytes.removeLast()
        return bytes + ",\"pipeline\":".utf8 + JSONText.quoted(pipeline) + "}".utf8
    }

    /// The key of another record of this pipeline's state, which its name is no part of: it is of the slot.
    ///
    /// - Parameter table: which table it is of; nil where it is of none.
    func json(kind: String, table: TableName? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        var fields = [
            ("kind", kind), ("systemIdentifier", systemIdentifier), ("database", database), ("slot", slot),
        ]
        if let table { fields += [("schema", table.schema), ("table", table.name)] }
        for (name, value) in fields {
            bytes.append(UInt8(ascii: bytes.isEmpty ? "{" : ","))
            bytes += "\"\(name)\":".utf8
            bytes += JSONText.quoted(value)
        }
        return bytes + "}".utf8
    }

    private static let kind = "position"
}
