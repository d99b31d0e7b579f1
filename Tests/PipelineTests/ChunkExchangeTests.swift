import LinuxSupport
import ReplicationProtocol
import Testing

@testable import Pipeline

@Suite struct ChunkExchangeTests {
    private func chunk(_ number: UInt64) -> RequestedChunk {
        RequestedChunk(
            run: 7, number: number, leaf: 0, end: TupleID(page: 3, item: 0), isLast: false,
            snapshot: TransactionSnapshot(xmin: 1, xmax: 2), lines: CopyLines())
    }

    @Test func onlyTheChunkOfItsMarkIsTaken() {
        let exchange = ChunkExchange()
        exchange.offer(chunk(1))
        #expect(exchange.take(run: 7, number: 2)?.number == nil)
        #expect(exchange.take(run: 8, number: 1)?.number == nil)
        #expect(exchange.take(run: 7, number: 1)?.number == 1)
        #expect(exchange.take(run: 7, number: 1)?.number == nil)
    }

    /// Anyone may write a message with a watermark's prefix, and may have seen ours.
    @Test func onlyAnAnnouncedMarkCountsAndOnlyOnce() {
        let exchange = ChunkExchange()
        let low = Watermark(slot: "s", run: 7, chunk: 1, kind: .low)
        let high = Watermark(slot: "s", run: 7, chunk: 1, kind: .high)
        #expect(!exchange.expects(low))
        exchange.expect(low)
        #expect(!exchange.expects(Watermark(slot: "s", run: 7, chunk: 1, kind: .low)), "the token is guessed")
        #expect(!exchange.expects(Watermark(slot: "s", run: 7, chunk: 1, kind: .high, token: low.token)))
        #expect(exchange.expects(low))
        #expect(!exchange.expects(low), "a copy of it")
        exchange.expect(high)
        exchange.expect(Watermark(slot: "s", run: 7, chunk: 2, kind: .low))
        #expect(!exchange.expects(high), "its chunk was given up")
    }

    @Test func theAnswerComesOnceAndIsWaitedFor() {
        let exchange = ChunkExchange()
        exchange.offer(chunk(1))
        #expect(exchange.answer(until: .now) == nil)
        DedicatedThread.start(name: "test") { exchange.answer(.readAgain) }
        #expect(exchange.answer(until: .now + .seconds(60)) == .readAgain)
        #expect(exchange.answer(until: .now) == nil)
    }

    @Test func aChunkIsTakenBackOrAnswered() {
        let exchange = ChunkExchange()
        #expect(!exchange.takeBack())
        exchange.offer(chunk(1))
        #expect(exchange.takeBack())
        // Its high mark comes after all.
        #expect(exchange.take(run: 7, number: 1)?.number == nil)
        exchange.offer(chunk(2))
        #expect(exchange.take(run: 7, number: 2)?.number == 2)
        #expect(!exchange.takeBack())
        exchange.answer(.sent(bytes: 5))
        #expect(exchange.answer(until: .now) == .sent(bytes: 5))
    }

    @Test func aStopEndsEveryWait() {
        let exchange = ChunkExchange()
        exchange.offer(chunk(1))
        DedicatedThread.start(name: "test") { exchange.stop() }
        #expect(exchange.answer(until: .now + .seconds(60)) == .stop)
        #expect(exchange.isStopped)
        #expect(exchange.take(run: 7, number: 1)?.number == nil)
    }

    @Test func linesAreKeptUntilTheyAreWanted() throws {
        var lines = CopyLines(capacity: 1)
        for text in ["a\n", "\(String(repeating: "x", count: 500))\n", "c\\td\n"] {
            var bytes = Array(text.utf8)
            bytes.withUnsafeMutableBytes { lines.append($0) }
        }
        #expect(lines.count == 3 && lines.byteCount == 508)
        var row = CopyRow()
        let last = try lines.withLine(2) { line in
            try row.decode(line, columns: 1)
            return String(decoding: line[row.tuples.new[0].range], as: UTF8.self)
        }
        #expect(last == "c\td")
    }
}
