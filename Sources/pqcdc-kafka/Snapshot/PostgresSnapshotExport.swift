import Pipeline
import Postgres
import ReplicationProtocol
import Synchronization

/// A snapshot that is open as long as the connection that made it.
final class PostgresSnapshotExport: SnapshotExport {
    enum Holder {
        case slot(ExportedSnapshot)
        case transaction(SnapshotConnection)
    }

    let name: String
    let consistentPoint: LSN
    private let holder: Mutex<Holder?>

    init(name: String, consistentPoint: LSN, holder: sending Holder) {
        self.name = name
        self.consistentPoint = consistentPoint
        self.holder = Mutex(holder)
    }

    func close() { holder.withLock { $0 = nil } }
}
