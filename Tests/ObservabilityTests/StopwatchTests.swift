import Observability
import Testing

@Suite struct StopwatchTests {
    private let start = ContinuousClock.now

    @Test func stretchesAddUp() {
        let watch = Stopwatch()
        watch.start(now: start)
        watch.stop(now: start + .seconds(2))
        watch.start(now: start + .seconds(10))
        watch.stop(now: start + .seconds(13))
        #expect(watch.elapsed(now: start + .seconds(60)) == .seconds(5))
    }

    @Test func aStretchThatLastsIsSeen() {
        let watch = Stopwatch()
        watch.start(now: start)
        watch.start(now: start + .seconds(5))
        #expect(watch.elapsed(now: start + .seconds(7)) == .seconds(7))
    }

    @Test func aStopWithoutAStartCountsNothing() {
        let watch = Stopwatch()
        watch.stop(now: start)
        #expect(watch.elapsed(now: start + .seconds(7)) == .zero)
    }
}
