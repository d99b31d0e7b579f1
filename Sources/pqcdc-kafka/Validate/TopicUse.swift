import Configuration
import RowMapping

/// A topic that is known before the first record, and what is sent to it.
struct TopicUse {
    let topic: String
    /// The tables whose rows go there, in order.
    fileprivate(set) var tables: [MappedTable] = []
    /// What becomes of records that are larger than Kafka takes.
    fileprivate(set) var onOversize: Set<FailureAction> = []

    fileprivate init(topic: String) { self.topic = topic }
}

extension Settings {
    /// The topics of the tables' rows, where no row decides them, of logical messages, dead letters and changes of
    /// shape; in order, and only those with a name that Kafka takes.
    func topics(_ tables: [MappedTable]) -> [TopicUse] {
        var uses: [String: TopicUse] = [:]
        for table in tables {
            guard let topic = table.topic else { continue }
            uses[topic, default: TopicUse(topic: topic)].tables.append(table)
            uses[topic]?.onOversize.insert(table.rule.onOversize)
        }
        for message in mapping.messages {
            uses[message.topic, default: TopicUse(topic: message.topic)].onOversize.insert(message.onOversize)
        }
        // Of a dead letter that is too large only its identity is sent, and a shape is never large.
        for topic in [mapping.deadLetterTopic, mapping.schemaChangesTopic].compactMap({ $0 }) {
            uses[topic] = uses[topic] ?? TopicUse(topic: topic)
        }
        return uses.values.filter { TopicName.problem($0.topic) == nil }.sorted { $0.topic < $1.topic }
    }
}
