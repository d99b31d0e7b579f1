import Testing

@testable import ReplicationProtocol

@Suite struct WALChunkTests {
    private func append(_ frame: [UInt8], to chunk: inout WALChunk) {
        frame.withUnsafeBytes { chunk.append($0) }
    }

    private func frames(of chunk: borrowing WALChunk) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        for index in 0..<chunk.frameCount {
            frames.append(chunk.withFrame(index) { bytes in bytes.withUnsafeBytes { Array($0) } })
        }
        return frames
    }

    @Test func framesComeBackInOrder() {
        let sent = (0..<5000).map { index in
            FrameBytes.walData(start: 1, end: 2, payload: .init(repeating: UInt8(index & 0xFF), count: index % 90))
        }
        var chunk = WALChunk(capacity: 64)
        for frame in sent { append(frame, to: &chunk) }
        let received = frames(of: chunk)
        let byteCount = chunk.byteCount
        #expect(received == sent)
        #expect(byteCount == sent.reduce(0) { $0 + $1.count })
    }

    @Test func anEmptyChunkHoldsNothing() {
        let chunk = WALChunk(capacity: 0)
        let facts = (chunk.isEmpty, chunk.frameCount, chunk.byteCount, chunk.received)
        #expect(facts == (true, 0, 0, .zero))
    }

    @Test func aFrameWithoutBytesIsKeptForTheDecoderToRefuse() {
        var chunk = WALChunk(capacity: 64)
        chunk.append(UnsafeRawBufferPointer(start: nil, count: 0))
        append([0x6B], to: &chunk)
        let received = frames(of: chunk)
        #expect(received == [[], [0x6B]])
    }

    @Test func receivedIsTheGreatestWalEnd() {
        var chunk = WALChunk(capacity: 64)
        var seen: [UInt64] = []
        for frame in [
            FrameBytes.walData(start: 900, end: 100), FrameBytes.keepalive(end: 300),
            FrameBytes.walData(start: 1, end: 200),
            // Shorter than their kind: the decoder's to refuse, and no LSN is read out of them.
            [UInt8(ascii: "w")] + [UInt8](repeating: 0xFF, count: 15), [],
        ] {
            append(frame, to: &chunk)
            seen.append(chunk.received.rawValue)
        }
        #expect(seen == [100, 300, 300, 300, 300])
    }

    @Test func anEmptiedChunkHasReceivedNothing() {
        var chunk = WALChunk(capacity: 64)
        append(FrameBytes.keepalive(end: 300), to: &chunk)
        chunk.removeAll(keepingCapacity: 64)
        let facts = (chunk.isEmpty, chunk.frameCount, chunk.byteCount, chunk.received)
        #expect(facts == (true, 0, 0, .zero))
        append(FrameBytes.keepalive(end: 200), to: &chunk)
        let received = chunk.received.rawValue
        #expect(received == 200)
    }

    @Test func aHugeFrameTakesItsOwnSizeAndIsGivenBack() {
        let huge = [UInt8](repeating: 7, count: 40 << 20)
        var chunk = WALChunk(capacity: 1 << 16)
        let before = chunk.capacity
        append([1, 2, 3], to: &chunk)
        append(huge, to: &chunk)
        append([4], to: &chunk)
        let grown = chunk.capacity
        let received = frames(of: chunk)
        #expect(received.map(\.count) == [3, huge.count, 1])
        #expect(received[1] == huge)
        #expect(grown < huge.count + 4 << 20)
        chunk.removeAll(keepingCapacity: 1 << 16)
        let after = chunk.capacity
        #expect(after == before)
    }

    @Test func manySmallFramesAreGivenBackToo() {
        var chunk = WALChunk(capacity: 1 << 16)
        let before = chunk.capacity
        for _ in 0..<100_000 { append([1], to: &chunk) }
        chunk.removeAll(keepingCapacity: 1 << 16)
        let after = chunk.capacity
        #expect(after <= 2 * before)
    }

    @Test func aChunkOfUsualSizeKeepsItsBuffers() {
        var chunk = WALChunk(capacity: 1 << 16)
        for _ in 0..<1200 { append(FrameBytes.walData(start: 1, end: 2, payload: [0x42]), to: &chunk) }
        let used = chunk.capacity
        chunk.removeAll(keepingCapacity: 1 << 16)
        let kept = chunk.capacity
        #expect(kept == used)
    }

    @Test func aChunkThatWasGivenBackGrowsAgain() {
        var chunk = WALChunk(capacity: 64)
        let frame = [UInt8](repeating: 9, count: 1000)
        for _ in 0..<10 {
            append(frame, to: &chunk)
            chunk.removeAll(keepingCapacity: 0)
        }
        append(frame, to: &chunk)
        let received = frames(of: chunk)
        #expect(received == [frame])
    }
}
