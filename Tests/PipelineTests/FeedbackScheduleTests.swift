import Pipeline
import ReplicationProtocol
import Testing

@Suite struct FeedbackScheduleTests {
    private let start = ContinuousClock.now
    private let old = LSN(rawValue: 1)
    private let new = LSN(rawValue: 2)

    @Test(
        "Without news an update is due at a quarter of wal_sender_timeout, and every 10 s at least",
        arguments: [
            (Duration?.some(.seconds(60)), Duration.seconds(10)), (.seconds(20), .seconds(5)),
            (.milliseconds(400), .milliseconds(100)), (.seconds(0), .seconds(10)), (nil, .seconds(10)),
        ])
    func theIntervalFollowsTheServersTimeout(timeout: Duration?, interval: Duration) {
        var schedule = FeedbackSchedule(senderTimeout: timeout, now: start, confirmed: old)
        #expect(schedule.interval == interval)
        #expect(schedule.deadline(confirmed: old) == start + interval)
        let isDue = [interval - .nanoseconds(1), interval].map { schedule.isDue(now: start + $0, confirmed: old) }
        #expect(isDue == [false, true])
        #expect(schedule.deadline(confirmed: old) == start + interval * 2)
    }

    @Test("Failure mode 19: news are sent after the pause, whatever the traffic")
    func newsAreSentAfterThePause() {
        var schedule = FeedbackSchedule(senderTimeout: .seconds(60), now: start, confirmed: old)
        #expect(schedule.deadline(confirmed: new) == start + schedule.pause)
        // At once, after the pause, and again: the same news are none.
        let isDue = (0..<3).map { schedule.isDue(now: start + schedule.pause * $0, confirmed: new) }
        #expect(isDue == [false, true, false])
    }

    @Test func anAskedForReplyIsDueAtOnceAndOnce() {
        var schedule = FeedbackSchedule(senderTimeout: .seconds(60), now: start, confirmed: old)
        schedule.replyWasRequested()
        let isDue = (0..<2).map { _ in schedule.isDue(now: start, confirmed: old) }
        #expect(isDue == [true, false])
    }

    @Test func thePauseIsNeverLongerThanTheInterval() {
        let schedule = FeedbackSchedule(senderTimeout: .milliseconds(40), now: start, confirmed: old)
        #expect(schedule.interval == .milliseconds(10) && schedule.pause == schedule.interval)
    }
}
