import Kafka
import TestSupport

/// A producer with its topics open, closed in the right order.
final class TestProducer {
    let producer: Producer
    let observed = ObservedDeliveries()
    private var topics: [String: Topic] = [:]
    private var sent = 0

    /// - Parameter transactionalID: nil makes a producer without transactions.
    init(
        _ cluster: any KafkaCluster, transactionalID: String?, timeout: Duration = .seconds(60),
        properties given: [String: String] = [:]
    ) throws {
        var properties = ClientProperties(cluster)
        for (name, value) in given { properties.set(name, value) }
        producer = try Producer(
            properties, memoryLimit: 1 << 24, transactionalID: transactionalID, transactionTimeout: timeout,
            observer: observed)
    }

    deinit {
        topics.removeAll()
        producer.close()
    }

    /// Hands one record over and does not wait for it, unless the queue is full.
    func send(_ name: String, key: String, value: String?, partition: Int32 = 0) throws {
        let topic = try topics[name] ?? producer.openTopic(name, number: topics.count)
        topics[name] = topic
        var refusal: KafkaError?
        let (keyBytes, valueBytes) = (Array(key.utf8), value.map { Array($0.utf8) })
        try eventually(within: .seconds(20), "room in the queue") {
            let outcome = keyBytes.withUnsafeBytes { key in
                (valueBytes ?? []).withUnsafeBytes { value in
                    producer.produce(
                        topic, .number(partition), key: key,
                        value: valueBytes == nil ? UnsafeRawBufferPointer(start: nil, count: 0) : value, batch: 1)
                }
            }
            switch outcome {
            case .accepted: return true
            case .queueFull: return false
            case .refused(let error): refusal = error
            }
            return true
        }
        if let refusal { throw refusal }
        sent += 1
    }

    /// Waits until everything handed over is delivered.
    func waitForDelivery(within limit: Duration = .seconds(60)) throws {
        try eventually(within: limit, "delivery of \(sent) records") { observed.current.delivered == sent }
    }

    /// Sends what the body sends in one transaction, and ends it as told.
    func transaction(commit: Bool = true, _ body: () throws -> Void) throws {
        try producer.beginTransaction()
        try body()
        if commit {
            try producer.commitTransaction(timeout: .seconds(20))
        } else {
            try producer.abortTransaction(timeout: .seconds(20))
        }
    }
}

extension ClientProperties {
    init(_ cluster: any KafkaCluster) {
        self.init()
        set("bootstrap.servers", cluster.bootstrapServers)
    }
}
