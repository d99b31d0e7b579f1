#if FAILPOINTS
    internal import Glibc
    internal import Synchronization

    /// A named place at the edge between two steps of the chain where a test has the daemon end, hang, or fall silent.
    ///
    /// Debug builds only: they define FAILPOINTS, release builds do not. Armed by `PQCDC_FAILPOINT=name[:count]`, it
    /// acts when it is reached for the count-th time, 1 unless given. None stands on a path that rows take one by one.
    public enum Failpoint: String, CaseIterable, Sendable {
        /// The slot is there, and nothing of it has been asked for.
        case afterSlotCreation
        /// A batch is complete, and no record of it has been handed to the client.
        case beforeProduce
        /// Every record of a batch has been handed to the client; how many have left is its secret.
        case afterProduce
        /// Kafka has records that the ledger does not know of yet.
        case beforeReport
        /// Everything of a Kafka transaction is sent, its position too.
        case beforeCommit
        /// The Kafka transaction stands, and PostgreSQL does not know.
        case afterCommit
        /// Something is to be confirmed, and the walsender has not been told.
        case beforeStatusUpdate
        /// A snapshot is exported, and a worker is about to import it.
        case beforeSnapshotImport
        /// A chunk of a snapshot is read, and part of it may have been sent.
        case afterChunkRead
        /// A batch of a snapshot is in the client's hands.
        case afterSnapshotBatch
        /// Rows of a snapshot are delivered, and that is not written yet.
        case beforeSnapshotProgress
        /// It is.
        case afterSnapshotProgress
        /// From then on the walsender is told nothing.
        case statusUpdate
        /// A thread hangs between two turns, as in a deadlock.
        case readerTurn, batcherTurn, kafkaPollTurn, monitorTurn, heartbeatTurn

        /// Ends the process as `kill -9` would, if this is the failpoint that is armed and its time has come.
        public func reach() {
            if isReached { raise(SIGKILL) }
        }

        /// Never returns, if this is the failpoint that is armed and its time has come.
        public func hang() {
            while isReached { sleep(1) }
        }

        /// Stops the process as SIGSTOP does, when this is the failpoint that is armed, and reached for the count-th time.
        /// It goes on with SIGCONT.
        public func pause() {
            guard let armed = Self.armed, armed.failpoint == self else { return }
            if Self.reached.wrappingAdd(1, ordering: .relaxed).newValue == armed.count { raise(SIGSTOP) }
        }

        /// Whether this is the failpoint that is armed, reached for the count-th time or later.
        public var isReached: Bool {
            guard let armed = Self.armed, armed.failpoint == self else { return false }
            return Self.reached.wrappingAdd(1, ordering: .relaxed).newValue >= armed.count
        }

        private static let reached = Atomic<Int>(0)

        /// A name that is none is a test's mistake, and would otherwise be a test of nothing.
        private static let armed: (failpoint: Failpoint, count: Int)? = {
            guard let value = getenv("PQCDC_FAILPOINT") else { return nil }
            let parts = String(cString: value).split(separator: ":")
            guard let name = parts.first, let failpoint = Failpoint(rawValue: String(name)),
                let count = parts.count > 1 ? Int(parts[1]) : 1
            else { preconditionFailure("PQCDC_FAILPOINT is name[:count], a name of Failpoint") }
            return (failpoint, count)
        }()
    }
#endif
