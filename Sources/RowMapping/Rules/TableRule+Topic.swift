extension TableRule {
    /// The topic of all records of `table`, where no change decides it; nil where one does.
    ///
    /// Illegal characters are replaced where the rule says so; whether Kafka takes the name is ``TopicName``'s to say.
    package func fixedTopic(for table: TableName) -> String? {
        var name = ""
        for part in topic.parts {
            switch part {
            case .text(let text): name += text
            case .field(.schema): name += table.schema
            case .field(.table): name += table.name
            case .field, .column: return nil
            }
        }
        guard illegalTopicCharacters == .replace else { return name }
        var bytes = Array(name.utf8)
        let count = bytes.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { TopicName.replaceIllegal($0, buffer.count) } ?? 0
        }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
