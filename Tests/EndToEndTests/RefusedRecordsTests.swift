import Glibc
import TestSupport
import Testing

/// Brokers that refuse records for a while, or take their time.
@Suite(.serialized) struct RefusedRecordsTests {
    private static let limit = Duration.seconds(60)

    @Test(
        "Records that brokers refuse for a passing reason are sent until they are taken",
        arguments: [
            // NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT, NOT_LEADER_FOR_PARTITION
            19, 20, 7, 6,
        ])
    func passingRefusals(code: Int) throws {
        let cluster = try MockKafka()
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: cluster)
        // One request at a time: the mock cluster would take the next one, and lose the order by itself.
        let daemon = try scene.run(scene.configuration(kafka: ["properties: {max.in.flight: 1}"]))
        let consumer = try scene.consumer()
        for round in 0..<3 {
            try cluster.failRequests(apiKey: 0, error: code, count: 3)
            try scene.sql.execute(
                NumberedRows.insert(after: round * 100, upTo: round * 100 + 100, inTransactionsOf: 10))
        }
        _ = try consumer.recordsUntil(within: Self.limit) { _ in consumer.all.count >= 300 }
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        expectCleanStop(daemon, within: Self.limit)
        _ = try consumer.recordsToEnd(within: Self.limit)
        NumberedRows.expectExactly(consumer.all, count: 300)
    }

    @Test func acknowledgementsThatTakeTheirTimeDelayOnlyTheConfirmation() throws {
        let cluster = try MockKafka()
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: cluster)
        try scene.sql.execute("ALTER ROLE \(scene.role) SET wal_sender_timeout = '2s'")
        let daemon = try scene.run()
        let consumer = try scene.consumer()
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 10))
        _ = try consumer.records(count: 10, within: Self.limit)
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        let sender = try scene.senderPID()
        // Longer than wal_sender_timeout.
        try cluster.setRoundTripTime(milliseconds: 3000)
        try scene.sql.execute(NumberedRows.insert(after: 10, upTo: 2000, inTransactionsOf: 10))
        let lsn = try scene.currentLSN()
        #expect(try !scene.hasConfirmed(lsn))
        try scene.waitUntilConfirmed(lsn, within: Self.limit)
        #expect(try scene.senderPID() == sender, "the connection was lost")
        try cluster.setRoundTripTime(milliseconds: 0)
        expectCleanStop(daemon, within: Self.limit)
        _ = try consumer.recordsToEnd(within: Self.limit)
        NumberedRows.expectExactly(consumer.all, count: 2000)
    }
}
