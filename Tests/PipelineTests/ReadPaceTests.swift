import LinuxSupport
import Testing

@testable import Pipeline

@Suite struct ReadPaceTests {
    /// A walsender that makes `rate` bytes a second until the buffers hold `capacity`, and then waits for the reader.
    private struct Sender {
        var rate: Double
        var capacity: Double

        func bytes(in nap: Duration) -> Int { Int(min(rate * (nap / .seconds(1)), capacity)) }
    }

    /// The nap after `duration` of streaming from `sender`.
    private func nap(_ peer: SocketPeer, _ sender: Sender, for duration: Duration = .seconds(4)) -> Duration {
        var now = ContinuousClock.now
        let end = now + duration
        var pace = ReadPace(peer, now: now)
        var received = 0
        while now < end {
            let nap = pace.nap(received: received, now: now) ?? .microseconds(100)
            now += nap
            received += sender.bytes(in: nap)
        }
        return pace.nap
    }

    @Test func aSenderThatNothingHoldsUpGetsTheLongestNap() {
        #expect(nap(.sameHost, Sender(rate: 40e6, capacity: .infinity)) == .milliseconds(4))
        #expect(nap(.network, Sender(rate: 40e6, capacity: .infinity)) == .milliseconds(2))
    }

    @Test func aNapThatHoldsTheSenderUpIsCutShort() {
        // 60 KB of buffers at 200 MB/s are full after 300 µs; anything longer wastes the rest.
        let nap = nap(.sameHost, Sender(rate: 200e6, capacity: 60e3))
        #expect(nap <= .microseconds(500))
        #expect(nap >= .microseconds(125))
    }

    @Test func theNapGrowsAgainWhenTheBuffersDo() {
        var now = ContinuousClock.now
        var pace = ReadPace(.sameHost, now: now)
        var received = 0
        for sender in [Sender(rate: 200e6, capacity: 60e3), Sender(rate: 200e6, capacity: .infinity)] {
            let end = now + .seconds(6)
            while now < end {
                let nap = pace.nap(received: received, now: now) ?? .microseconds(100)
                now += nap
                received += sender.bytes(in: nap)
            }
        }
        #expect(pace.nap == .milliseconds(4))
    }

    @Test func aQuietStreamIsNeverNapped() {
        var now = ContinuousClock.now
        var pace = ReadPace(.sameHost, now: now)
        var received = 0
        // 2,000 small transactions a second.
        for _ in 0..<10_000 {
            now += .microseconds(500)
            received += 250
            #expect(pace.nap(received: received, now: now) == nil)
        }
    }

    @Test func aStreamThatFallsQuietIsNappedNoLongerThanAMillisecondAfterwards() {
        var now = ContinuousClock.now
        var pace = ReadPace(.sameHost, now: now)
        var received = 0
        for _ in 0..<1000 {
            now += .milliseconds(1)
            received += 100_000
            _ = pace.nap(received: received, now: now)
        }
        now += .milliseconds(5)
        #expect(pace.nap(received: received, now: now) == nil)
    }
}
