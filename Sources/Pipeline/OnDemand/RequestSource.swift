public import LinuxSupport

/// The database, as a request for a snapshot beside the stream needs it. Every call may block.
public protocol RequestSource: Sendable {
    /// What the request comes to now, or why it cannot be followed.
    func tables(
        of request: SnapshotRequest, interruptedBy wakeup: Wakeup
    ) throws(PipelineError) -> RequestedTables

    /// Reads the tables and leaves their chunks in `exchange`, each behind its low and before its high watermark.
    ///
    /// Tries again by itself while the server cannot be reached.
    ///
    /// - Parameter done: the pages of each leaf that need not be read, from the first on.
    /// - Returns: false when the run was stopped.
    func read(
        _ request: SnapshotRequest, _ leaves: [SnapshotLeaf], done: [UInt32], run: UInt64,
        into exchange: ChunkExchange, interruptedBy wakeup: Wakeup
    ) throws(PipelineError) -> Bool
}

/// What a request comes to.
public enum RequestedTables: Sendable {
    case refused([String])
    /// All leaves are sent under one name.
    case leaves([SnapshotLeaf], primaryKey: [String])
}
