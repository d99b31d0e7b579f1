import ReplicationProtocol
import RowMapping
import Testing

@testable import Pipeline

@Suite struct FailureLogTests {
    private let start = ContinuousClock.now

    private func failure(_ origin: String, _ count: UInt64) -> FailedChanges {
        FailedChanges(origin: origin, action: .skip, count: count, reason: "r", lsn: .zero)
    }

    @Test func theFirstFailureOfATableIsSaidAtOnce() {
        var log = FailureLog()
        #expect(log.take([failure("a", 1), failure("b", 2)], now: start).map(\.origin) == ["a", "b"])
    }

    @Test func laterOnesAreSummedUpUntilTheIntervalIsOver() {
        var log = FailureLog()
        _ = log.take([failure("a", 1)], now: start)
        #expect(log.take([failure("a", 2)], now: start + .seconds(1)) == [])
        #expect(log.take([failure("a", 3)], now: start + .seconds(9)) == [])
        #expect(log.take([], now: start + FailureLog.interval).map(\.count) == [5])
        #expect(log.take([], now: start + .seconds(60)) == [])
    }

    @Test func oneTableDoesNotSilenceAnother() {
        var log = FailureLog()
        _ = log.take([failure("a", 1)], now: start)
        #expect(log.take([failure("a", 1), failure("b", 1)], now: start).map(\.origin) == ["b"])
    }

    @Test func tablesThatCameAndWentAreForgotten() {
        var log = FailureLog()
        for number in 0..<10_000 {
            _ = log.take([failure("t\(number)", 1)], now: start + .seconds(number))
        }
        #expect(log.remembered < 1000)
    }
}
