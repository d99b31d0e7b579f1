import LinuxSupport
import Testing

/// What the watchdog makes of what loops say.
@Suite struct WatchedLoopTests {
    private func waitUntilHung(_ loops: WatchedLoops) -> [String] {
        let end = ContinuousClock.now + .seconds(60)
        while loops.hung.isEmpty, ContinuousClock.now < end {}
        return loops.hung
    }

    @Test func nothingIsExpectedOfALoopAtRest() {
        let loops = WatchedLoops(watchdogTimeout: .nanoseconds(2))
        #expect(loops.hung.isEmpty)
        loops.reader.turned()
        #expect(waitUntilHung(loops) == ["pg-reader"])
        loops.reader.rests()
        #expect(loops.hung.isEmpty)
    }

    @Test func aLoopThatSaidHowLongItWaitsIsNotLateBefore() {
        let loops = WatchedLoops(watchdogTimeout: .nanoseconds(2))
        loops.monitor.turned(nextWithin: .seconds(3600))
        loops.kafkaPoll.turned(nextWithin: .seconds(Int64.max))
        loops.batcher.turned(nextWithin: .seconds(-1))
        #expect(waitUntilHung(loops) == ["batcher"])
    }

    @Test func withoutAWatchdogNobodyIsLate() {
        let loops = WatchedLoops()
        loops.heartbeat.turned(nextWithin: .seconds(-60))
        #expect(loops.hung.isEmpty)
        #expect(loops.probeInterval == nil)
    }

    @Test(
        "WATCHDOG_USEC counts where it is meant for this process",
        arguments: [
            (["WATCHDOG_USEC": "4000000"], Duration.seconds(4)),
            (["WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "1"], nil),
            (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "soon"], nil), (["WATCHDOG_USEC": "-5"], nil), ([:], nil),
        ])
    func watchdogTimeout(environment: [String: String], expected: Duration?) {
        #expect(SystemdNotifier(environment: environment).watchdogTimeout == expected)
    }
}
