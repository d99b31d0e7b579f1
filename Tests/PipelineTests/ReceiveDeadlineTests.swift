import Pipeline
import Testing

@Suite struct ReceiveDeadlineTests {
    private let start = ContinuousClock.now

    @Test(
        "The server may be silent for wal_sender_timeout, two seconds at least, and for ever without one",
        arguments: [
            (Duration?.some(.seconds(60)), Duration?.some(.seconds(60))), (.milliseconds(500), .seconds(2)),
            (.seconds(0), nil), (nil, nil),
        ])
    func theLimitFollowsTheServersTimeout(timeout: Duration?, limit: Duration?) {
        let deadline = ReceiveDeadline(senderTimeout: timeout, now: start)
        #expect(deadline.limit == limit)
        #expect(deadline.next == limit.map { start + $0 / 2 })
    }

    @Test func aSilentServerIsAskedAtHalfAndLostAtTheEnd() {
        var deadline = ReceiveDeadline(senderTimeout: .seconds(60), now: start)
        let verdicts = [29, 30, 31, 59, 60].map { deadline.check(now: start + .seconds($0)) }
        #expect(verdicts == [.alive, .ask, .alive, .alive, .lost])
    }

    @Test func whateverComesBeginsAnew() {
        var deadline = ReceiveDeadline(senderTimeout: .seconds(60), now: start)
        #expect(deadline.check(now: start + .seconds(30)) == .ask)
        deadline.heard(now: start + .seconds(45))
        let verdicts = [60, 74, 75, 105].map { deadline.check(now: start + .seconds($0)) }
        #expect(verdicts == [.alive, .alive, .ask, .lost])
    }

    @Test func aReaderThatWasItselfStoppedAsksBeforeItJudges() {
        var deadline = ReceiveDeadline(senderTimeout: .seconds(60), now: start)
        #expect(deadline.check(now: start + .seconds(600)) == .ask)
        #expect(deadline.check(now: start + .seconds(601)) == .alive)
    }

    @Test func withoutATimeoutNothingIsAsked() {
        var deadline = ReceiveDeadline(senderTimeout: nil, now: start)
        #expect(deadline.check(now: start + .seconds(100_000)) == .alive)
    }
}
