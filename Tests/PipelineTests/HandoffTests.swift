import LinuxSupport
import ReplicationProtocol
import Testing

@testable import Pipeline

@Suite struct HandoffTests {
    private let wakeup = Wakeup()
    private let handoff: Handoff

    init() { handoff = Handoff(chunkCapacity: 1024, waking: wakeup) }

    /// A chunk with one frame of `bytes`.
    private static func chunk(_ bytes: [UInt8]) -> WALChunk {
        var chunk = WALChunk(capacity: 1024)
        bytes.withUnsafeBytes { chunk.append($0) }
        return chunk
    }

    private static func bytes(_ chunk: borrowing WALChunk) -> [UInt8] {
        (0..<chunk.frameCount).flatMap { chunk.withFrame($0) { frame in frame.withUnsafeBytes { Array($0) } } }
    }

    /// What the batcher is told, in a form that can be compared.
    private enum Heard: Equatable {
        case chunk([UInt8])
        case tick, stop
    }

    private static func heard(_ news: consuming Handoff.News) -> Heard {
        switch consume news {
        case .chunk(let chunk): .chunk(bytes(chunk))
        case .tick: .tick
        case .stopRequested: .stop
        }
    }

    private func next() async throws -> Heard { Self.heard(try await handoff.next()) }

    private var readerWasWoken: Bool {
        FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now).wakeup
    }

    @Test func anOfferedChunkIsTakenAndAnEmptyOneComesBack() async throws {
        #expect(handoff.isEmpty)
        let back = handoff.offer(Self.chunk([1]))
        #expect(back.isEmpty && !handoff.isEmpty)
        #expect(try await next() == .chunk([1]))
        #expect(handoff.isEmpty && !readerWasWoken)
    }

    @Test func aSecondChunkStaysWithTheReaderWhoIsWokenWhenThereIsRoom() async throws {
        _ = handoff.offer(Self.chunk([1]))
        let back = handoff.offer(Self.chunk([2]))
        #expect(Self.bytes(back) == [2])
        #expect(!readerWasWoken)
        #expect(try await next() == .chunk([1]))
        #expect(readerWasWoken)
        _ = handoff.offer(back)
        #expect(try await next() == .chunk([2]))
    }

    @Test func aWaitingBatcherIsResumedByEachKindOfNews() async throws {
        for expected in [Heard.chunk([7]), .tick, .stop] {
            async let heard = next()
            // Whether the other task waits already or comes later must make no difference.
            await Task.yield()
            switch expected {
            case .chunk(let bytes): _ = handoff.offer(Self.chunk(bytes))
            case .tick: handoff.tick()
            case .stop: handoff.requestStop()
            }
            #expect(try await heard == expected)
        }
    }

    @Test func aChunkGoesBeforeATickAndBothBeforeTheStop() async throws {
        handoff.requestStop()
        handoff.tick()
        _ = handoff.offer(Self.chunk([1]))
        #expect(handoff.isStopRequested)
        #expect(try await next() == .chunk([1]))
        #expect(try await next() == .tick)
        #expect(try await next() == .stop)
        // The wish stays.
        #expect(try await next() == .stop)
    }

    @Test func whoWantsAChunkIsNotTroubledWithTheRest() async throws {
        handoff.requestStop()
        handoff.tick()
        let handoff = handoff
        async let taken: [UInt8] = Self.bytes(try await handoff.nextChunk())
        await Task.yield()
        _ = handoff.offer(Self.chunk([9]))
        #expect(try await taken == [9])
    }

    @Test func aFailureEndsEveryWaitAndTheFirstOneStays() async throws {
        let handoff = handoff
        async let failed: Bool = {
            do throws(PipelineError) {
                _ = try await handoff.nextChunk()
                return false
            } catch {
                return true
            }
        }()
        await Task.yield()
        handoff.fail(.topicMissing("first"))
        handoff.fail(.topicMissing("second"))
        #expect(await failed)
        do throws(PipelineError) {
            _ = try await handoff.next()
            Issue.record("the session has failed")
        } catch {
            #expect(error.description == PipelineError.topicMissing("first").description)
        }
    }

    @Test func theEndIsToldToTheReader() {
        #expect(!handoff.isFinished)
        handoff.finish()
        #expect(handoff.isFinished && readerWasWoken)
    }

    @Test func everyChunkArrivesOnceAndInOrderHoweverTheTwoSidesMeet() async throws {
        let handoff = handoff
        let wakeup = wakeup
        async let reading: Void = DedicatedThread.run(name: "test-reader") {
            var chunk = WALChunk(capacity: 1024)
            for number in 0..<5000 {
                withUnsafeBytes(of: UInt32(number)) { chunk.append($0) }
                chunk = handoff.offer(chunk)
                if chunk.byteCount > 512 {
                    _ = FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now + .seconds(10))
                    wakeup.drain()
                    chunk = handoff.offer(chunk)
                }
            }
            while !chunk.isEmpty {
                chunk = handoff.offer(chunk)
                _ = FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now + .milliseconds(1))
                wakeup.drain()
            }
        }
        var received: [UInt32] = []
        while received.count < 5000 {
            let chunk = try await handoff.nextChunk()
            let bytes = Self.bytes(chunk)
            for start in stride(from: 0, to: bytes.count, by: 4) {
                received.append(bytes[start..<start + 4].withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) })
            }
            handoff.giveBack(chunk)
        }
        await reading
        #expect(received == Array(0..<5000))
    }
}
