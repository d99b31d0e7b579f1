/// Where an outbox's rule stands in the file, so that an error names the key that is to be corrected.
extension TableRule {
    /// What precedes the aggregate's type in the name of an outbox's topic.
    package static let outboxTopicPrefix = "outbox.event."

    /// Whether the table is a transactional outbox, of which only INSERTs count.
    public var isOutbox: Bool { if case .outbox = envelope { true } else { false } }

    /// The key of the table's section that the topic comes from.
    var topicDeclaration: String {
        guard isOutbox, topic.parts.count == 2, topic.parts[0] == .text(Self.outboxTopicPrefix) else { return "topic" }
        return "outbox.aggregateType"
    }

    /// The key of the table's section that a header comes from.
    func declaration(of header: HeaderRule) -> String {
        isOutbox && header.value.parts == [.column(header.name, nil)] ? "outbox.headers" : "headers"
    }
}
