import Observability
import Testing

@Suite struct LagHistoryTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func nothingIsKnownBeforeTheFirstConfirmedLSN() {
        var history = LagHistory()
        history.note(end: 100, now: at(0))
        #expect(history.waiting(now: at(60)) == nil)
        #expect(history.stalled(now: at(60)) == .zero)
    }

    @Test func anIdleServerHasNoLagAndNeverStalls() {
        var history = LagHistory()
        history.note(confirmed: 100, now: at(0))
        for second in stride(from: 5, to: 600, by: 5) { history.note(end: 100, now: at(second)) }
        #expect(history.waiting(now: at(600)) == .zero)
        #expect(history.stalled(now: at(600)) == .zero)
    }

    @Test func theLagIsTheAgeOfTheFirstEndThatIsNotConfirmed() {
        var history = LagHistory()
        history.note(confirmed: 100, now: at(0))
        history.note(end: 200, now: at(10))
        history.note(end: 300, now: at(20))
        #expect(history.waiting(now: at(30)) == .seconds(20))
        history.note(confirmed: 250, now: at(31))
        #expect(history.waiting(now: at(32)) == .seconds(12))
        history.note(confirmed: 300, now: at(33))
        #expect(history.waiting(now: at(34)) == .zero)
    }

    @Test func whoConfirmsIsLateButNotStalled() {
        var history = LagHistory()
        history.note(confirmed: 100, now: at(0))
        for second in 1...300 {
            history.note(end: UInt64(100 + second * 100), now: at(second))
            history.note(confirmed: UInt64(100 + second), now: at(second))
        }
        #expect(history.waiting(now: at(300)) ?? .zero > .seconds(290))
        #expect(history.stalled(now: at(300)) <= .seconds(1))
    }

    @Test func aStallBeginsWhenTheServerIsAheadAndNothingIsConfirmed() {
        var history = LagHistory()
        history.note(confirmed: 100, now: at(0))
        // Idle for an hour, and only then something to do.
        history.note(end: 200, now: at(3600))
        #expect(history.stalled(now: at(3630)) == .seconds(30))
        // Each later end changes nothing, nor does a repetition of the same confirmed LSN.
        history.note(end: 300, now: at(3640))
        history.note(confirmed: 100, now: at(3650))
        #expect(history.stalled(now: at(3700)) == .seconds(100))
        history.note(confirmed: 101, now: at(3701))
        #expect(history.stalled(now: at(3702)) == .seconds(1))
    }

    @Test func aSnapshotThatGoesOnIsNoStall() {
        var history = LagHistory()
        history.note(confirmed: 100, now: at(0))
        history.note(end: 200, now: at(1))
        for second in 2..<300 { history.noteProgress(now: at(second)) }
        #expect(history.stalled(now: at(300)) == .seconds(1))
        #expect(history.waiting(now: at(300)) == .seconds(299))
        #expect(history.stalled(now: at(400)) == .seconds(101))
    }

    @Test func anOutageOfDaysKeepsItsBeginning() {
        var history = LagHistory()
        history.note(confirmed: 100, now: at(0))
        for second in stride(from: 5, to: 3 * 86_400, by: 5) {
            history.note(end: UInt64(100 + second), now: at(second))
        }
        #expect(history.waiting(now: at(3 * 86_400)) == .seconds(3 * 86_400 - 5))
    }
}
