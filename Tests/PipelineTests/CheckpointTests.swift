import LinuxSupport
import ReplicationProtocol
import Testing

@testable import Pipeline

@Suite struct CheckpointTests {
    private let wakeup = Wakeup()

    private var readerWasWoken: Bool {
        FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now).wakeup
    }

    @Test func whoSeesNothingInFlightSeesEverythingConfirmed() async throws {
        let checkpoint = Checkpoint(confirmed: .zero, waking: wakeup)
        for number in 1...3000 {
            let lsn = LSN(rawValue: UInt64(number))
            let batch = checkpoint.open(records: 1, bytes: 1, confirmable: lsn)
            async let report: Void = DedicatedThread.run(name: "test-reports") {
                checkpoint.acknowledge(batch, records: 1)
            }
            try await checkpoint.wait { records, _ in records == 0 }
            // The last status update before a clean stop is made of this.
            let confirmed = checkpoint.confirmed
            await report
            #expect(confirmed == lsn)
            if confirmed != lsn { return }
        }
    }

    @Test func theReaderIsWokenForNewsOnly() {
        let checkpoint = Checkpoint(confirmed: LSN(rawValue: 5), waking: wakeup)
        let batch = checkpoint.open(records: 2, bytes: 1, confirmable: LSN(rawValue: 9))
        checkpoint.acknowledge(batch, records: 1)
        #expect(!readerWasWoken && checkpoint.confirmed == LSN(rawValue: 5))
        checkpoint.acknowledge(batch, records: 1)
        #expect(readerWasWoken && checkpoint.confirmed == LSN(rawValue: 9))
    }

    @Test func aFailureEndsTheWaitForDeliveries() async {
        let checkpoint = Checkpoint(confirmed: .zero, waking: wakeup)
        _ = checkpoint.open(records: 1, bytes: 1, confirmable: nil)
        async let failed: Bool = {
            do throws(PipelineError) {
                try await checkpoint.wait { records, _ in records == 0 }
                return false
            } catch {
                return true
            }
        }()
        await Task.yield()
        checkpoint.fail(.topicMissing("first"))
        checkpoint.fail(.topicMissing("second"))
        #expect(await failed && readerWasWoken)
        #expect(checkpoint.failure?.description == PipelineError.topicMissing("first").description)
    }
}
