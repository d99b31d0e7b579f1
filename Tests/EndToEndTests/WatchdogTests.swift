import Glibc
import LinuxSupport
import TestSupport
import Testing

/// systemd's watchdog, played by the harness: it hears of us while every loop turns, whatever the servers do.
@Suite(.serialized, .enabled(if: FailpointExample.areThere)) struct WatchdogTests {
    /// Short, so that a hang shows soon; a loop may be a second late.
    private static let timeout = Duration.seconds(2)

    private static let heartbeat = ["heartbeat: {interval: 1s}"]

    private func signsOfLife(_ daemon: DaemonProcess) -> Int {
        daemon.notifications.assignments.count { $0 == "WATCHDOG=1" }
    }

    private func waitForSigns(_ count: Int, of daemon: DaemonProcess) -> Bool {
        let wanted = signsOfLife(daemon) + count
        return daemon.notifications.wait(within: .seconds(60)) { $0.count { $0 == "WATCHDOG=1" } >= wanted }
    }

    /// Waits until the daemon has found that `loop` hangs, and expects that it says nothing from then on.
    private func expectSilence(_ daemon: DaemonProcess, for loop: String) throws {
        let found = daemon.log.line(
            where: { $0.contains("a loop no longer turns") && $0.contains(loop) }, within: .seconds(60))
        #expect(found?.contains("level=error") == true, "\(daemon.log.text)")
        // On a busy machine the loop may have been late before it hung, and have turned again.
        for _ in 0..<30 {
            let count = signsOfLife(daemon)
            if !daemon.notifications.wait(within: .seconds(2), until: { $0.count { $0 == "WATCHDOG=1" } > count }) {
                return
            }
        }
        Issue.record("the watchdog still hears of a hung daemon:\n\(daemon.log.text)")
    }

    @Test(
        "A loop that hangs silences the watchdog",
        arguments: [
            (Failpoint.readerTurn, "pg-reader"), (.batcherTurn, "batcher"), (.kafkaPollTurn, "kafka-poll"),
            (.monitorTurn, "pg-monitor"), (.heartbeatTurn, "pg-heartbeat"),
        ])
    func aHungLoopSilencesTheWatchdog(failpoint: Failpoint, loop: String) throws {
        let scene = try Scene()
        // The monitor's first turn is before it has been waited for.
        let daemon = try scene.start(
            scene.configuration(cdc: Self.heartbeat), failpoint: "\(failpoint):2", watchdog: Self.timeout)
        try daemon.waitUntilReady(within: .seconds(60))
        for id in 1...3 {
            try scene.sql.execute("INSERT INTO users VALUES (\(id), 'a')")
            usleep(20_000)
        }
        try expectSilence(daemon, for: loop)
    }

    @Test func whatTheWatchdogEndsIsMadeGoodByTheNextStart() throws {
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules)
        let file = scene.configuration(kafka: ["producerBatchSize: 100"])
        let first = try scene.start(file, failpoint: "\(Failpoint.batcherTurn):4", watchdog: Self.timeout)
        try first.waitUntilReady(within: .seconds(60))
        for block in 0..<20 {
            try scene.sql.execute(NumberedRows.insert(after: block * 100, upTo: block * 100 + 100))
        }
        try expectSilence(first, for: "batcher")
        // What systemd does when its time is up.
        first.send(SIGABRT)
        #expect(try first.waitForExit(within: .seconds(60)) == .signalled(SIGABRT))
        #expect(!first.notifications.assignments.contains("STOPPING=1"))

        let second = try scene.start(file, watchdog: Self.timeout)
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: .seconds(60))
        expectCleanStop(second, within: .seconds(60))
        NumberedRows.expectComplete(try scene.consumer().recordsToEnd(within: .seconds(60)), count: 2000)
    }

    @Test func serversThatAreDownNeverSilenceIt() throws {
        let server = try PostgresServer()
        try server.start()
        let cluster = try MockKafka()
        let scene = try Scene(on: cluster, server: server)
        try scene.sql.execute("ALTER ROLE \(scene.role) SET wal_sender_timeout = '2s'")
        let daemon = try scene.start(scene.configuration(cdc: Self.heartbeat), watchdog: Self.timeout)
        try daemon.waitUntilReady(within: .seconds(60))
        #expect(waitForSigns(2, of: daemon))

        try cluster.takeDown()
        // More than is in flight at once, so that the batcher and the reader wait for Kafka too.
        try scene.sql.execute(
            "INSERT INTO users SELECT i, repeat('x', 10000) FROM generate_series(1, 3000) i")
        try daemon.waitForLog(containing: "Kafka does not take records", within: .seconds(60))
        #expect(waitForSigns(6, of: daemon), "Kafka is down")

        // A fast shutdown would wait for the walsender, which waits for us.
        try server.stop(.immediate)
        try daemon.waitForLog(containing: "attempt=2", within: .seconds(60))
        #expect(waitForSigns(6, of: daemon), "both are down")
        #expect(daemon.notifications.assignments.contains { $0.hasPrefix("STATUS=waiting: ") })
        #expect(daemon.isRunning)
        expectCleanStop(daemon, within: .seconds(60))
    }

    @Test func itIsAliveBeforeItsServersAre() throws {
        let scene = try Scene()
        let daemon = try scene.start(scene.configuration(port: try FreePort.next()), watchdog: Self.timeout)
        #expect(waitForSigns(6, of: daemon))
        #expect(!daemon.notifications.assignments.contains("READY=1"))
        expectCleanStop(daemon, within: .seconds(60))
    }

    @Test func nobodyIsToldWhereNobodyWatches() throws {
        let scene = try Scene()
        let daemon = try scene.run()
        #expect(
            daemon.notifications.wait(within: .seconds(60)) { $0.contains { $0.hasPrefix("STATUS=active: ") } })
        expectCleanStop(daemon)
        #expect(
            daemon.notifications.wait(within: .seconds(60)) { $0.contains { $0.hasPrefix("EXTEND_TIMEOUT_USEC=") } })
        #expect(!daemon.notifications.assignments.contains("WATCHDOG=1"))
    }

    @Test func theStatusNamesTheLag() throws {
        let scene = try Scene()
        let daemon = try scene.run()
        #expect(
            daemon.notifications.wait(within: .seconds(60)) {
                $0.contains { $0.hasPrefix("STATUS=active: streaming from slot \(scene.slot), lag ") }
            })
        expectCleanStop(daemon)
    }
}
