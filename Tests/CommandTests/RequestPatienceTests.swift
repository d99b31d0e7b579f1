import Postgres
import Testing

@testable import pqcdc_kafka

/// How long a request for a snapshot is tried, while others wait behind it.
@Suite struct RequestPatienceTests {
    private func refused(_ sqlState: String) -> PostgresError {
        PostgresError(.refused, action: "read", reason: "no", sqlState: sqlState)
    }

    @Test(arguments: [
        "25001", "25006", "25P02", "22021", "22P02", "42P01", "42703", "42501", "42804", "0A000", "55000", "57014",
        "XX000",
        "3F000", "P0001",
    ])
    func whatTheServerWillSayAgainIsDropped(_ sqlState: String) {
        for isReading in [false, true] {
            var patience = RequestPatience(isReading: isReading)
            #expect(patience.decide(refused(sqlState), progress: 0, now: .now) == .drop)
        }
    }

    @Test(arguments: ["57P01", "57P03", "53300", "55P03", "40001", "40P01", "08006"])
    func whatMayPassIsTriedAgainWhileRowsAreRead(_ sqlState: String) {
        var reading = RequestPatience(isReading: true)
        #expect(reading.decide(refused(sqlState), progress: 0, now: .now) == .retry)
        var asking = RequestPatience(isReading: false)
        #expect(asking.decide(refused(sqlState), progress: 0, now: .now) == .drop)
    }

    @Test func nothingIsTriedForEver() {
        var patience = RequestPatience(isReading: true)
        let lost = PostgresError(.connectionLost, action: "read", reason: "gone")
        let start = ContinuousClock.now
        #expect(patience.decide(lost, progress: 3, now: start) == .retry)
        #expect(patience.decide(lost, progress: 3, now: start + RequestPatience.limit - .seconds(1)) == .retry)
        #expect(patience.decide(lost, progress: 4, now: start + RequestPatience.limit) == .retry, "rows have come")
        #expect(patience.decide(lost, progress: 4, now: start + RequestPatience.limit * 2) == .drop)
    }
}
