public import LinuxSupport
public import ReplicationProtocol

/// The database as a snapshot sees it. Every call may block, and is made on a thread for it.
public protocol SnapshotSource: Sendable {
    /// Which pipeline this is, where no stream says so.
    func identity(interruptedBy wakeup: Wakeup) throws(PipelineError) -> PipelineIdentity

    /// The tables to read, as they are now; refuses those that cannot be read.
    ///
    /// - Parameter isFirst: later, tables that have been dropped are passed over.
    func leaves(isFirst: Bool, interruptedBy wakeup: Wakeup) throws(PipelineError) -> [SnapshotLeaf]

    /// A snapshot that ``SnapshotReader/begin(importing:)`` can import while it is open.
    ///
    /// - Parameter onWait: called now and then while the server waits for running transactions, which it names.
    func export(
        interruptedBy wakeup: Wakeup, onWait: (_ waited: Duration, _ blockers: [String]) -> Void
    ) throws(PipelineError) -> any SnapshotExport

    /// A connection that reads. Belongs to the thread that asks for it.
    func reader(interruptedBy wakeup: Wakeup) throws(PipelineError) -> any SnapshotReader
}

/// A snapshot that others may import.
public protocol SnapshotExport: Sendable {
    var name: String { get }
    /// What was committed before is in the snapshot, and nothing else is; zero where there is no stream to fit it to.
    var consistentPoint: LSN { get }
    /// For how long the server lets a transaction be open; nil for no limit.
    var transactionTimeout: Duration? { get }

    /// Ends it, once everybody has imported it.
    func close()
}

/// A connection that reads tables as they are in one snapshot.
public protocol SnapshotReader: AnyObject {
    func begin(importing snapshot: String) throws(PipelineError)

    /// Locks the table against being altered, and says whether it still has the file and the columns that were planned
    /// for. Where it has not, the lock is given back.
    func claim(_ leaf: SnapshotLeaf) throws(PipelineError) -> Bool

    /// Begins to read the rows of some pages, in the order of their pages.
    func copy(_ leaf: SnapshotLeaf, pages: Range<UInt32>) throws(PipelineError)

    /// The next row, as `COPY` prints it; lent until the next call. nil behind the last.
    func nextRow() throws(PipelineError) -> UnsafeMutableRawBufferPointer?

    /// Ends the transaction.
    func end() throws(PipelineError)
}
