import Pipeline
import Postgres
import ReplicationProtocol
import Synchronization

/// A snapshot that is open as long as the connection that made it.
final class PostgresSnapshotExport: SnapshotExport, @unchecked Sendable {
    // Sendable because nobody uses the connection but `close`, which ends it, under the lock.

    enum Holder {
        case slot(ExportedSnapshot)
        case transaction(SnapshotConnection)
    }

    let name: String
    let consistentPoint: LSN
    let transactionTimeout: Duration?
    private let lock = Mutex(())
    private var holder: Holder?

    init(name: String, consistentPoint: LSN, transactionTimeout: Duration?, holder: Holder) {
        self.name = name
        self.consistentPoint = consistentPoint
        self.transactionTimeout = transactionTimeout
        self.holder = holder
    }

    func close() { lock.withLock { _ in holder = nil } }
}
