import Pipeline
import Testing

@Suite struct BackoffTests {
    @Test func theDelayDoublesUpToItsLimit() {
        var backoff = Backoff(first: .seconds(1), limit: .seconds(5))
        let delays = (0..<5).map { _ in backoff.failed() }
        #expect(delays == [1, 2, 4, 5, 5].map { .seconds($0) })
        #expect(backoff.attempt == 5)
    }

    @Test func aSuccessBeginsAgain() {
        var backoff = Backoff(first: .seconds(1), limit: .seconds(5))
        _ = backoff.failed()
        _ = backoff.failed()
        backoff.succeeded()
        #expect(backoff.attempt == 0)
        let delay = backoff.failed()
        #expect(delay == .seconds(1))
    }

    @Test func anAttemptThatEndedAtOnceWasNoSuccess() {
        var backoff = Backoff(first: .seconds(1), limit: .seconds(5))
        _ = backoff.failed()
        backoff.succeeded(for: .seconds(7))
        let second = backoff.failed()
        #expect(second == .seconds(2))
        backoff.succeeded(for: .seconds(60))
        let third = backoff.failed()
        #expect(third == .seconds(1))
    }
}
