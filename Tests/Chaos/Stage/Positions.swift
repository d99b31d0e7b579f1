import TestSupport

/// The positions in the state topic.
final class Positions {
    private let consumer: RecordConsumer
    private var last: String?

    init(_ cluster: any KafkaCluster, _ topic: String) throws {
        consumer = try RecordConsumer(cluster.bootstrapServers, topics: [topic])
    }

    /// Whether the last one has requested snapshots that are not done.
    func tellsOfRequests() throws -> Bool {
        for record in try consumer.recordsToEnd() where record.keyText?.contains(#""kind":"position""#) == true {
            last = record.valueText
        }
        consumer.forget()
        return last?.contains(#""requests":"#) ?? true
    }
}
