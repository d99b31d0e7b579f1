import Kafka
import TestSupport

/// A topic for positions, and who writes to it.
struct StateTopicScene {
    let cluster: any KafkaCluster
    let name: String
    let topic: StateTopic

    /// - Parameter config: the topic's; nil leaves it uncreated.
    init(_ cluster: any KafkaCluster, partitions: Int = 1, config: [String: String]? = ["cleanup.policy": "compact"])
        throws
    {
        self.cluster = cluster
        name = UniqueName.next("state")
        topic = StateTopic(ClientProperties(cluster), name: name)
        if let config { try cluster.createTopic(name, partitions: partitions, config: config) }
    }

    /// A producer that is ready for transactions.
    func producer(properties: [String: String] = [:]) throws -> TestProducer {
        let producer = try TestProducer(cluster, transactionalID: UniqueName.next("id"), properties: properties)
        try producer.producer.initTransactions(timeout: .seconds(20))
        return producer
    }

    /// Writes records outside transactions and returns when they are delivered.
    func write(_ records: [(key: String, value: String?)], partition: Int32 = 0) throws {
        let producer = try TestProducer(cluster, transactionalID: nil)
        for (key, value) in records { try producer.send(name, key: key, value: value, partition: partition) }
        try producer.waitForDelivery()
    }

    /// The newest value under the key and the other keys, as texts.
    func latest(_ key: String, within limit: Duration = .seconds(60)) throws -> (value: String?, others: [String]) {
        let (value, others) = try topic.latest(Array(key.utf8), timeout: limit)
        return (
            value.map { String(decoding: $0, as: UTF8.self) },
            others.map { String(decoding: $0, as: UTF8.self) }.sorted()
        )
    }
}
