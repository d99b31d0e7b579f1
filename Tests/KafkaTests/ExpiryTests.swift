import Kafka
import TestSupport
import Testing

/// What brokers give up after a time: open transactions, and transactional ids.
@Suite(.enabled(if: KafkaKind.broker.isAvailable, "needs an Apache Kafka distribution in KAFKA_HOME"))
struct ExpiryTests {
    @Test(
        "A transaction that ran out is reported by the next record or commit, never as a success",
        arguments: [true, false])
    func aTransactionThatRanOutIsReported(sendsMore: Bool) throws {
        let broker = try ImpatientBroker.shared()
        let topic = try broker.createTopic()
        let producer = try TestProducer(
            broker, transactionalID: UniqueName.next("id"), timeout: .seconds(1))
        try producer.producer.initTransactions(timeout: .seconds(20))
        try producer.producer.beginTransaction()
        try producer.send(topic, key: "k", value: "too late")
        try producer.waitForDelivery()
        // Hidden behind the open transaction until the broker has aborted it.
        try RecordProducer(broker.bootstrapServers).send(topic: topic, key: "k", value: "of another")
        let consumer = try RecordConsumer(broker.bootstrapServers, topics: [topic])
        #expect(try consumer.records(count: 1).map(\.valueText) == ["of another"])

        if sendsMore { try? producer.send(topic, key: "k", value: "later still") }
        let error = #expect(throws: KafkaError.self) {
            try producer.producer.commitTransaction(timeout: .seconds(20))
        }
        // The brokers raise the epoch when they abort, so to librdkafka it looks like a takeover.
        #expect(error?.requiresAbort == true || error?.isFenced == true, "\(String(describing: error))")
        #expect(try consumer.recordsToEnd().isEmpty)
    }

    @Test(
        "A transactional id that the broker has forgotten costs one transaction; then the producer and a next one work",
        arguments: [true, false])
    func aForgottenTransactionalIDCostsOneTransaction(goesOn: Bool) throws {
        let broker = try ImpatientBroker.shared()
        let topic = try broker.createTopic()
        let id = UniqueName.next("id")
        let producer = try TestProducer(broker, transactionalID: id)
        try producer.producer.initTransactions(timeout: .seconds(20))
        try producer.transaction { try producer.send(topic, key: "k", value: "before") }
        // The coordinator forgets an id by a record without a value.
        let coordinator = try RecordConsumer(broker.bootstrapServers, topics: ["__transaction_state"])
        _ = try coordinator.recordsUntil(within: .seconds(30), "the end of \(id)") { records in
            records.contains { $0.value == nil && $0.keyText?.contains(id) == true }
        }
        try producer.producer.beginTransaction()
        try producer.send(topic, key: "k", value: "refused")
        let error = #expect(throws: KafkaError.self) {
            try producer.producer.commitTransaction(timeout: .seconds(20))
        }
        #expect(error?.name == "INVALID_PRODUCER_ID_MAPPING")
        #expect(error?.requiresAbort == true && error?.isFatal == false && error?.isFenced == false)
        let successor = goesOn ? producer : try TestProducer(broker, transactionalID: id)
        if goesOn {
            try producer.producer.abortTransaction(timeout: .seconds(20))
        } else {
            try successor.producer.initTransactions(timeout: .seconds(20))
        }
        try successor.transaction { try successor.send(topic, key: "k", value: "after") }
        let records = try RecordConsumer(broker.bootstrapServers, topics: [topic]).recordsToEnd()
        #expect(records.map(\.valueText) == ["before", "after"])
    }
}
