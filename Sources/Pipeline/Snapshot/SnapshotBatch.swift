internal import RowMapping
internal import Synchronization

/// A batch of a snapshot's records on its way from the worker that filled it to the batcher, and back when it is sent.
final class SnapshotBatch: Sendable {
    struct Content: ~Copyable {
        var records: RecordBatch
        /// Index among the leaves.
        var leaf = 0
        /// The chunk's pages, where it is complete with this batch and those of the same worker before it; otherwise nil.
        var pages: Range<UInt32>?
        /// Rows read, whatever became of them.
        var rows: UInt64 = 0
        /// Changes that could not become records.
        var failures: FailedChanges?
    }

    /// Which worker it belongs to.
    let worker: Int
    let content: Mutex<Content>

    init(worker: Int, capacity: Int) {
        self.worker = worker
        content = Mutex(Content(records: RecordBatch(capacity: capacity)))
    }
}
