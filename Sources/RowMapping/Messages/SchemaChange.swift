public import ReplicationProtocol

/// A shape that a table takes, for `mapping.schemaChanges.topic`.
public struct SchemaChange: Sendable {
    /// A relation and what its columns' types are called.
    public struct Shape: Sendable {
        public var relation: Relation
        /// With their modifiers, as SQL writes them, in the columns' order.
        public var types: [String]

        public init(relation: Relation, types: [String]) {
            precondition(types.count == relation.columns.count, "each column has a type")
            self.relation = relation
            self.types = types
        }
    }

    /// nil where the stream has not shown the table before.
    public var old: Shape?
    public var new: Shape

    public init(old: Shape?, new: Shape) {
        self.old = old
        self.new = new
    }

    /// Appends the record: keyed by the table, with the old and the new columns.
    ///
    /// - Parameters:
    ///   - topic: the number that the topic was opened under.
    ///   - table: the number of the table's plan.
    public func append(topic: Int, table: Int, _ context: borrowing ChangeContext, to batch: inout RecordBatch) {
        let name = TableName(schema: new.relation.schema, name: new.relation.name)
        let key = Array(name.description.utf8)
        var value = Array(#"{"schema":"#.utf8)
        value += JSONText.quoted(name.schema) + Array(#","table":"#.utf8) + JSONText.quoted(name.name)
        // A Relation message has no LSN; its transaction's says before which changes the shape is new.
        value += Array(#","commitLsn":"\#(context.transaction?.finalLSN ?? .zero)","old":"#.utf8)
        value += old.map(Self.columns) ?? Array("null".utf8)
        value += Array(#","new":"#.utf8) + Self.columns(new) + [UInt8(ascii: "}")]
        let record = RecordBatch.Record(
            offset: batch.byteCount, keyLength: key.count, valueLength: value.count, topic: Int32(topic),
            table: Int32(table), lsn: context.lsn)
        batch.append(key)
        batch.append(value)
        batch.append(record)
    }

    private static func columns(_ shape: Shape) -> [UInt8] {
        let columns = zip(shape.relation.columns, shape.types).map { column, type in
            Array(#"{"name":"#.utf8) + JSONText.quoted(column.name) + Array(#","type":"#.utf8) + JSONText.quoted(type)
                + Array(#","identity":\#(column.isKey)}"#.utf8)
        }
        return [UInt8(ascii: "[")] + columns.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }
}
