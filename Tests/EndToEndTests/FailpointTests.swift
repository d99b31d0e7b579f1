import Glibc
import LinuxSupport
import TestSupport
import Testing

/// The daemon ends between two steps of the chain, at each edge by name, and the next one goes on from there.
@Suite(.serialized, .enabled(if: FailpointExample.areThere)) struct FailpointTests {
    private func scene(_ delivery: FailpointExample.Delivery) throws -> (Scene, String) {
        let cluster = try (delivery == .exactlyOnce ? KafkaKind.broker : .mock).shared()
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, on: cluster, partitions: 3)
        let file = scene.configuration(
            kafka: [
                "delivery: \(delivery.rawValue)", "stateTopic: \(UniqueName.next("state"))",
                "producerBatchSize: 100",
            ])
        return (scene, file)
    }

    private func expectAll(_ scene: Scene, _ delivery: FailpointExample.Delivery, count: Int) throws {
        let records = try scene.consumer().recordsToEnd()
        switch delivery {
        case .atLeastOnce: NumberedRows.expectComplete(records, count: count)
        case .exactlyOnce: NumberedRows.expectExactly(records, count: count)
        }
    }

    /// Starts a daemon that reaches the end by itself, waits until everything is confirmed, and stops it.
    private func finish(_ scene: Scene, _ file: String) throws {
        let daemon = try scene.run(file)
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: .seconds(30))
        expectCleanStop(daemon)
    }

    @Test("kill -9 at an edge of the chain, and the next start makes good", arguments: FailpointExample.deadly)
    func anEndAtAnEdgeIsMadeGood(of example: FailpointExample) throws {
        let (scene, file) = try scene(example.delivery)
        let first = try scene.start(file, failpoint: "\(example.failpoint):\(example.count)")
        var written = 0
        // Positions are kept once a second, and status updates tell of what is kept.
        let deadline = Deadline(in: .seconds(15))
        while first.isRunning, !deadline.isPast {
            try scene.sql.execute(NumberedRows.insert(after: written, upTo: written + 120, inTransactionsOf: 50))
            written += 120
            // Until it ends, and for as long as a writer would pause.
            _ = try? first.waitForExit(within: .milliseconds(20))
        }
        #expect(try first.waitForExit(within: .seconds(60)) == .signalled(SIGKILL), "\(first.log.text)")
        try finish(scene, file)
        try expectAll(scene, example.delivery, count: written)
    }

    @Test(
        "Status updates that never arrive repeat in at-least-once, and nothing in exactly-once",
        arguments: FailpointExample.deliveries)
    func suppressedStatusUpdatesLoseNothing(delivery: FailpointExample.Delivery) throws {
        let (scene, file) = try scene(delivery)
        let before = try scene.confirmedFlush()
        let first = try scene.start(file, failpoint: "\(Failpoint.statusUpdate)")
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 1000, inTransactionsOf: 10))
        _ = try scene.consumer().records(count: 1000)
        try first.kill9()
        #expect(try scene.confirmedFlush() == before)
        try scene.sql.execute(NumberedRows.insert(after: 1000, upTo: 1500))
        try finish(scene, file)
        try expectAll(scene, delivery, count: 1500)
    }

    @Test(
        "kill -9 between the slot's creation and its first use",
        arguments: FailpointExample.deliveries)
    func anEndAfterTheSlotsCreationLosesNothing(delivery: FailpointExample.Delivery) throws {
        let (scene, text) = try scene(delivery)
        try scene.dropSlot()
        let file = text.replacing(
            "slotActivityCheckerInterval: 500", with: "slotActivityCheckerInterval: 500, createIfNotExists: true")
        let first = try scene.start(file, failpoint: "\(Failpoint.afterSlotCreation)")
        #expect(try first.waitForExit(within: .seconds(60)) == .signalled(SIGKILL), "\(first.log.text)")
        // Behind the slot's beginning, and before anyone has read from it.
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 300))
        try finish(scene, file)
        try expectAll(scene, delivery, count: 300)
    }
}
