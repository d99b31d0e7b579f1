public import ReplicationProtocol

/// A rule for logical messages, made ready: what ``RowPlan`` is for a table.
public struct MessagePlan: Sendable {
    public let rule: MessageRule
    /// The number that the rule's topic was opened under.
    let topic: Int32
    private let headers: HeaderPlan

    /// - Throws: where a header asks for a column, which messages do not have.
    public init(_ rule: MessageRule, topic: Int) throws(MappingError) {
        self.rule = rule
        self.topic = Int32(topic)
        let none = Relation(oid: OID(rawValue: 0), schema: "", name: "", replicaIdentity: .default, columns: [])
        headers = try HeaderPlan(rule.headers, RelationColumns(none))
    }

    /// Appends the record of a message: its prefix as the key, so that messages of one prefix stay in order.
    ///
    /// - Parameter table: what the record says of its table, of which there is none.
    public func append(
        _ message: LogicalMessage, _ bytes: RawSpan, _ context: borrowing ChangeContext, table: Int,
        to batch: inout RecordBatch
    ) throws(MappingError) {
        var record = RecordBatch.Record(
            offset: batch.byteCount, keyLength: message.prefix.utf8.count, valueLength: 0, topic: topic,
            table: Int32(table), timestamp: rule.timestamp == .commit ? context.commitMilliseconds : 0,
            lsn: context.lsn)
        batch.append(Array(message.prefix.utf8))
        let start = batch.byteCount
        try appendValue(message, bytes.baseAddress + message.content.lowerBound, &batch)
        record.valueLength = batch.byteCount - start
        headers.append(rowless: .message, context, &batch)
        record.headersLength = batch.byteCount - record.headersOffset
        batch.append(record)
    }

    private func appendValue(
        _ message: LogicalMessage, _ content: UnsafePointer<UInt8>, _ batch: inout RecordBatch
    ) throws(MappingError) {
        let count = message.content.count
        if rule.content == .raw {
            batch.append(content, count)
            return
        }
        batch.append(#"{"prefix":"#)
        batch.append(JSONText.quoted(message.prefix))
        batch.append(#","content":"#)
        switch rule.content {
        case .json:
            guard JSONSyntax.isDocument(content, count) else { throw malformed(message) }
            batch.append(content, count)
        case .text:
            guard UTF8Text.isValid(content, count) else { throw malformed(message) }
            let output = batch.reserve(JSONValue.bound(of: content, count, isArray: false))
            batch.advance(to: JSONValue.writeString(content, count, to: output))
        case .base64:
            batch.append("\"")
            let output = batch.reserve((count + 2) / 3 * 4)
            batch.advance(to: Base64.write(content, count, to: output))
            batch.append("\"")
        case .raw: preconditionFailure("raw content was appended before")
        }
        batch.append("}")
    }

    private func malformed(_ message: LogicalMessage) -> MappingError {
        .malformedMessage(prefix: message.prefix, content: rule.content)
    }
}
