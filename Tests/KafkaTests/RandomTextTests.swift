import TestSupport
import Testing

@testable import Kafka

/// Properties and topics of any names: taken by librdkafka or refused by it. Each run is the same.
@Suite struct RandomTextTests {
    @Test func anyPropertyIsTakenOrRefused() {
        var random = RandomText(seed: 831)
        for _ in 0..<500 {
            for name in ["client.id", "sasl.username", "security.protocol", random.text()] {
                var properties = ClientProperties()
                properties.set(name, String(repeating: random.text(), count: 1 + random.number(below: 40)))
                do throws(KafkaError) {
                    try properties.check()
                } catch {
                    #expect(!error.description.isEmpty)
                }
            }
        }
    }

    @Test func anyTopicIsOpenedOrRefused() throws {
        var properties = ClientProperties()
        properties.set("bootstrap.servers", "localhost:1")
        let producer = try Producer(
            properties, memoryLimit: 1 << 20, transactionalID: nil, transactionTimeout: .seconds(1),
            observer: ObservedDeliveries())
        defer { producer.close() }
        var random = RandomText(seed: 832)
        for number in 0..<300 {
            do throws(KafkaError) {
                _ = try producer.openTopic(random.text(), number: number)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
