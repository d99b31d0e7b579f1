import TestSupport
import Testing

/// A daemon that is asleep for longer than PostgreSQL waits for it.
@Suite struct SleepTests {
    private static let limit = Duration.seconds(60)

    @Test(arguments: [KafkaKind.mock, .broker].filter(\.isAvailable))
    func aDaemonThatSleptPastTheSendersTimeOutGoesOn(kind: KafkaKind) throws {
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: kind.shared())
        try scene.sql.execute("ALTER ROLE \(scene.role) SET wal_sender_timeout = '1s'")
        let isExact = kind == .broker
        let daemon = try scene.run(
            scene.configuration(kafka: [
                "delivery: \(isExact ? "exactly-once" : "at-least-once")", "stateTopic: \(UniqueName.next("state"))",
            ]))
        let consumer = try scene.consumer()
        for round in 0..<2 {
            let first = round * 1000
            try scene.sql.execute(NumberedRows.insert(after: first, upTo: first + 500, inTransactionsOf: 10))
            daemon.pause()
            try eventually(within: Self.limit, "the walsender's end") { try scene.senderPID() == nil }
            try scene.sql.execute(NumberedRows.insert(after: first + 500, upTo: first + 1000, inTransactionsOf: 10))
            let mark = daemon.log.count
            daemon.resume()
            try daemon.waitForLog(containing: "msg=streaming", from: mark, within: Self.limit)
        }
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        expectCleanStop(daemon, within: Self.limit)
        _ = try consumer.recordsToEnd(within: Self.limit)
        if isExact {
            NumberedRows.expectExactly(consumer.all, count: 2000)
        } else {
            NumberedRows.expectComplete(consumer.all, count: 2000)
        }
    }
}
