import Kafka
import TestSupport
import Testing

/// A second producer with the same `transactional.id` puts the first out of action, and each call of the first says so.
@Suite struct FencingTests {
    @Test("A commit after the takeover is fenced, and none of its records is seen", arguments: KafkaKind.real)
    func aCommitAfterTheTakeoverIsFenced(kind: KafkaKind) throws {
        let scene = try FencingScene(kind)
        try scene.first.producer.beginTransaction()
        try scene.first.send(scene.topic, key: "k", value: "of the first")
        try scene.first.waitForDelivery()
        try scene.takeOver()
        let error = #expect(throws: KafkaError.self) {
            try scene.first.producer.commitTransaction(timeout: .seconds(20))
        }
        #expect(error?.isFenced == true && error?.isFatal == true && error?.isRetriable == false)
        try scene.expectNothingButTheSecondsRecord()
    }

    @Test("A record sent after the takeover fails, and what comes after it is refused", arguments: KafkaKind.real)
    func aRecordSentAfterTheTakeoverFails(kind: KafkaKind) throws {
        let scene = try FencingScene(kind)
        try scene.first.producer.beginTransaction()
        try scene.first.send(scene.topic, key: "k", value: "of the first")
        try scene.first.waitForDelivery()
        try scene.takeOver()
        // The client learns of it by the answer to this record.
        try scene.first.send(scene.topic, key: "k", value: "of the zombie")
        try eventually(within: .seconds(20), "a failed delivery and a report") {
            let observed = scene.first.observed.current
            return !observed.failures.isEmpty && !observed.reports.isEmpty
        }
        let observed = scene.first.observed.current
        #expect(observed.failures.allSatisfy { $0.isFenced && $0.isFatal })
        #expect(observed.reports.contains { $0.isFenced && $0.isFatal })
        let refused = #expect(throws: KafkaError.self) { try scene.first.send(scene.topic, key: "k", value: "more") }
        #expect(refused?.isFenced == true && refused?.isFatal == true)
        for end in [
            { try scene.first.producer.commitTransaction(timeout: .seconds(20)) },
            { try scene.first.producer.abortTransaction(timeout: .seconds(20)) },
            { try scene.first.producer.beginTransaction() },
        ] {
            let error = #expect(throws: KafkaError.self) { try end() }
            #expect(error?.isFenced == true && error?.isFatal == true)
        }
        try scene.expectNothingButTheSecondsRecord()
    }

    @Test("A producer that was idle at the takeover is fenced by its next transaction", arguments: KafkaKind.real)
    func aProducerThatWasIdleIsFencedByItsNextTransaction(kind: KafkaKind) throws {
        let scene = try FencingScene(kind)
        try scene.takeOver()
        try scene.first.producer.beginTransaction()
        try scene.first.send(scene.topic, key: "k", value: "of the zombie")
        let error = #expect(throws: KafkaError.self) {
            try scene.first.producer.commitTransaction(timeout: .seconds(20))
        }
        #expect(error?.isFenced == true && error?.isFatal == true)
        try scene.expectNothingButTheSecondsRecord()
    }

    @Test("The takeover does not wait for the transaction that the first has open", arguments: KafkaKind.real)
    func theTakeoverDoesNotWait(kind: KafkaKind) throws {
        let scene = try FencingScene(kind)
        try scene.first.producer.beginTransaction()
        try scene.first.send(scene.topic, key: "k", value: "of the first")
        try scene.first.waitForDelivery()
        let started = ContinuousClock.now
        try scene.takeOver()
        // The transaction's own time-out would be 60 s.
        #expect(ContinuousClock.now - started < .seconds(10))
    }
}

/// Two producers that want the same `transactional.id`.
struct FencingScene {
    let cluster: any KafkaCluster
    let topic: String
    let first: TestProducer
    private let second: TestProducer

    init(_ kind: KafkaKind) throws {
        cluster = try kind.shared()
        topic = try cluster.createTopic()
        let id = UniqueName.next("id")
        first = try TestProducer(cluster, transactionalID: id)
        second = try TestProducer(cluster, transactionalID: id)
        try first.producer.initTransactions(timeout: .seconds(20))
    }

    /// The second fences the first, and writes a record of its own.
    func takeOver() throws {
        try second.producer.initTransactions(timeout: .seconds(20))
        try second.transaction { try second.send(topic, key: "k", value: "of the second") }
    }

    func expectNothingButTheSecondsRecord(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let records = try RecordConsumer(cluster.bootstrapServers, topics: [topic]).recordsToEnd()
        #expect(records.map(\.valueText) == ["of the second"], sourceLocation: sourceLocation)
    }
}
