internal import LinuxSupport
internal import RowMapping
internal import Synchronization

/// One reading of a table for a request, from its start to the end of its thread. Shared by the batcher and that thread.
final class RequestedRun: Sendable {
    let number: UInt64
    let leaves: [SnapshotLeaf]
    let exchange = ChunkExchange()
    let wakeup = Wakeup()
    private let outcome = Mutex<Result<Bool, PipelineError>?>(nil)

    init(number: UInt64, leaves: [SnapshotLeaf]) {
        self.number = number
        self.leaves = leaves
    }

    /// nil while the thread reads; false when it was stopped.
    var result: Result<Bool, PipelineError>? { outcome.withLock { $0 } }

    func end(with result: Result<Bool, PipelineError>) { outcome.withLock { $0 = result } }

    func stop() {
        exchange.stop()
        wakeup.signal()
    }
}
