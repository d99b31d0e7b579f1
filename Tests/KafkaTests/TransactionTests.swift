import Kafka
import TestSupport
import Testing

/// A producer's transactions, against brokers that have them.
@Suite struct TransactionTests {
    @Test("A commit shows its records to a committed reader, and an abort never does", arguments: KafkaKind.real)
    func aCommitShowsItsRecordsAndAnAbortNeverDoes(kind: KafkaKind) throws {
        let cluster = try kind.shared()
        let (first, second) = (try cluster.createTopic(), try cluster.createTopic())
        let producer = try TestProducer(cluster, transactionalID: UniqueName.next("id"))
        try producer.producer.initTransactions(timeout: .seconds(20))
        try producer.transaction {
            for number in 1...100 { try producer.send(first, key: "k", value: "kept \(number)") }
            try producer.send(second, key: "k", value: "kept")
        }
        try producer.transaction(commit: false) {
            try producer.send(first, key: "k", value: "gone")
            try producer.waitForDelivery()
        }
        try producer.transaction { try producer.send(first, key: "k", value: "kept 101") }
        let consumer = try RecordConsumer(cluster.bootstrapServers, topics: [first])
        #expect(try consumer.recordsToEnd().map(\.valueText) == (1...101).map { "kept \($0)" })
        #expect(try RecordConsumer(cluster.bootstrapServers, topics: [second]).recordsToEnd().count == 1)
        #expect(producer.observed.current.failures.isEmpty && producer.observed.current.reports.isEmpty)
    }

    @Test("Nothing of an open transaction is seen before its commit", arguments: KafkaKind.real)
    func nothingOfAnOpenTransactionIsSeenBeforeItsCommit(kind: KafkaKind) throws {
        let cluster = try kind.shared()
        let topic = try cluster.createTopic()
        let producer = try TestProducer(cluster, transactionalID: UniqueName.next("id"))
        try producer.producer.initTransactions(timeout: .seconds(20))
        let consumer = try RecordConsumer(cluster.bootstrapServers, topics: [topic])
        try producer.transaction {
            try producer.send(topic, key: "k", value: "v")
            try producer.waitForDelivery()
            #expect(try consumer.recordsToEnd().isEmpty)
        }
        #expect(try consumer.recordsToEnd().map(\.valueText) == ["v"])
    }

    @Test("An empty transaction commits without the brokers", arguments: KafkaKind.available)
    func anEmptyTransactionCommits(kind: KafkaKind) throws {
        let producer = try TestProducer(try kind.shared(), transactionalID: UniqueName.next("id"))
        try producer.producer.initTransactions(timeout: .seconds(20))
        try producer.transaction {}
        try producer.transaction(commit: false) {}
    }

    @Test("Transactions go through on the mock cluster too")
    func transactionsGoThroughOnTheMockCluster() throws {
        let cluster = try KafkaKind.mock.shared()
        let topic = try cluster.createTopic()
        let producer = try TestProducer(cluster, transactionalID: UniqueName.next("id"))
        try producer.producer.initTransactions(timeout: .seconds(20))
        for number in 1...3 { try producer.transaction { try producer.send(topic, key: "k", value: "\(number)") } }
        let consumer = try RecordConsumer(cluster.bootstrapServers, topics: [topic])
        #expect(try consumer.recordsToEnd().map(\.valueText) == ["1", "2", "3"])
    }

    @Test("Without a transactionalID the calls are refused, and records are taken")
    func withoutATransactionalIDTheCallsAreRefused() throws {
        let cluster = try KafkaKind.mock.shared()
        let topic = try cluster.createTopic()
        let producer = try TestProducer(cluster, transactionalID: nil)
        let error = #expect(throws: KafkaError.self) { try producer.producer.initTransactions(timeout: .seconds(1)) }
        #expect(error?.name == "_NOT_CONFIGURED" && error?.isRetriable == false && error?.isFenced == false)
        try producer.send(topic, key: "k", value: "v")
        try producer.waitForDelivery()
    }

    @Test("Outside a transaction a record is refused, and the transaction is said to need an end")
    func outsideATransactionARecordIsRefused() throws {
        let cluster = try KafkaKind.mock.shared()
        let topic = try cluster.createTopic()
        let producer = try TestProducer(cluster, transactionalID: UniqueName.next("id"))
        try producer.producer.initTransactions(timeout: .seconds(20))
        let error = #expect(throws: KafkaError.self) { try producer.send(topic, key: "k", value: "v") }
        #expect(error?.name == "_STATE" && error?.requiresAbort == true)
    }

    @Test("A cluster that does not answer ends init within its time-out, and the call may be made again")
    func aClusterThatDoesNotAnswerEndsInitWithinItsTimeout() throws {
        let cluster = try MockKafka()
        try cluster.takeDown()
        let producer = try TestProducer(cluster, transactionalID: UniqueName.next("id"))
        let started = ContinuousClock.now
        let error = #expect(throws: KafkaError.self) {
            try producer.producer.initTransactions(timeout: .milliseconds(500))
        }
        #expect(error?.isRetriable == true && error?.isFenced == false)
        #expect(ContinuousClock.now - started < .seconds(5))
        try cluster.bringUp()
        try producer.producer.initTransactions(timeout: .seconds(20))
    }

    @Test(
        "A commit that ran out of time is resumed by the next call",
        arguments: KafkaKind.available.filter { $0 != .external })
    func aCommitThatRanOutOfTimeIsResumed(kind: KafkaKind) throws {
        let (pause, resume, cluster) = try Self.pausable(kind)
        let topic = try cluster.createTopic()
        let producer = try TestProducer(cluster, transactionalID: UniqueName.next("id"))
        try producer.producer.initTransactions(timeout: .seconds(20))
        try producer.producer.beginTransaction()
        try producer.send(topic, key: "k", value: "v")
        try producer.waitForDelivery()
        pause()
        let error = #expect(throws: KafkaError.self) {
            try producer.producer.commitTransaction(timeout: .milliseconds(500))
        }
        #expect(error?.isRetriable == true && error?.requiresAbort == false)
        // Nobody knows how it ended, so it can no longer be aborted.
        let conflict = #expect(throws: KafkaError.self) {
            try producer.producer.abortTransaction(timeout: .seconds(20))
        }
        #expect(conflict?.name == "_CONFLICT")
        resume()
        try producer.producer.commitTransaction(timeout: .seconds(30))
        #expect(try RecordConsumer(cluster.bootstrapServers, topics: [topic]).recordsToEnd().count == 1)
    }

    @Test("A record is not given up for its age: an outage longer than the transaction's time-out only delays it")
    func aRecordIsNotGivenUpForItsAge() throws {
        let cluster = try MockKafka(topics: [("t", 1)])
        let producer = try TestProducer(
            cluster, transactionalID: UniqueName.next("id"), timeout: .seconds(1),
            properties: ["reconnect.backoff.max.ms": "200"])
        try producer.producer.initTransactions(timeout: .seconds(20))
        try cluster.takeDown()
        try producer.producer.beginTransaction()
        try producer.send("t", key: "k", value: "v")
        // Longer than transaction.timeout.ms, to which librdkafka would set message.timeout.ms by itself.
        let error = #expect(throws: KafkaError.self) { try producer.producer.commitTransaction(timeout: .seconds(3)) }
        #expect(error?.isRetriable == true && error?.requiresAbort == false)
        try cluster.bringUp()
        try producer.producer.commitTransaction(timeout: .seconds(20))
        #expect(producer.observed.current.delivered == 1 && producer.observed.current.failures.isEmpty)
    }

    @Test("A request's time-out longer than the transaction's is shortened, not refused", arguments: ["60000", "50"])
    func aRequestsTimeoutIsShortened(milliseconds: String) throws {
        let producer = try TestProducer(
            KafkaKind.mock.shared(), transactionalID: UniqueName.next("id"), timeout: .seconds(1),
            properties: ["socket.timeout.ms": milliseconds])
        try producer.producer.initTransactions(timeout: .seconds(20))
    }

    private static func pausable(
        _ kind: KafkaKind
    ) throws -> (pause: () -> Void, resume: () -> Void, any KafkaCluster) {
        if kind == .mock {
            let cluster = try MockKafka()
            return (cluster.pause, cluster.resume, cluster)
        }
        let broker = try KafkaBroker()
        try broker.start()
        return (broker.pause, broker.resume, broker)
    }
}
