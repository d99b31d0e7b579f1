public import LinuxSupport
public import ReplicationProtocol

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
    /// - Parameter starts: where each leaf's first row is that is to be read; nil where none is.
    /// - Returns: false when the run was stopped.
    func read(
        _ request: SnapshotRequest, _ leaves: [SnapshotLeaf], from starts: [TupleID?], run: UInt64,
        into exchange: ChunkExchange, interruptedBy wakeup: Wakeup
    ) throws(PipelineError) -> Bool
}

/// What a request comes to.
public enum RequestedTables: Sendable {
    case refused([String])
    /// All leaves are sent under one name.
    case leaves([SnapshotLeaf], primaryKey: [String])
}
