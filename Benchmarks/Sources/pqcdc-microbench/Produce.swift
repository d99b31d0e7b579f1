import Glibc
import Kafka
import Synchronization
import TestSupport

/// Records into librdkafka and, over TCP, into its mock cluster; ends when all are delivered.
final class Produce: MicroBenchmark {
    private let cluster: MockKafka
    private let producer: Producer
    private let topic: Topic
    private let reports = Reports()
    private var produced = 0

    init() throws {
        cluster = try MockKafka(topics: [("produce", 4)])
        var properties = ClientProperties()
        properties.set("bootstrap.servers", cluster.bootstrapServers)
        producer = try Producer(properties, memoryLimit: 32 << 20, observer: reports)
        topic = try producer.openTopic("produce", number: 0)
    }

    func run(_ count: Int) throws {
        let key: [UInt8] = Array("100000".utf8)
        // As long as a narrow row's JSON.
        let value = [UInt8](repeating: UInt8(ascii: "x"), count: 140)
        for _ in 0..<count {
            let outcome = key.withUnsafeBytes { key in
                value.withUnsafeBytes { value in
                    while true {
                        guard case .queueFull = producer.produce(topic, key: key, value: value, batch: 1) else {
                            return true
                        }
                        usleep(200)
                    }
                }
            }
            precondition(outcome)
        }
        produced += count
        while reports.delivered.load(ordering: .acquiring) < produced { usleep(200) }
    }

    private final class Reports: DeliveryObserver {
        let delivered = Atomic<Int>(0)

        func delivered(batch: UInt32, topic: Int, records: Int, bytes: Int) {
            delivered.add(records, ordering: .releasing)
        }
        func failed(batch: UInt32, topic: Int, records: Int, bytes: Int, error: KafkaError) {
            preconditionFailure("nothing fails here: \(error)")
        }
        func clientReported(_ error: KafkaError) {}
        func clientLogged(level: Int32, facility: String, text: String) {}
    }
}
