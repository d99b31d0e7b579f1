public import LinuxSupport
public import ReplicationProtocol

/// The database as the pipeline sees it. Every call may block, and is made on the thread `pg-reader`.
public protocol ReplicationSource: Sendable {
    /// Connects, and checks what never changes while connected: version, settings, role.
    ///
    /// - Parameter wakeup: a signal ends every wait of the connection early.
    func connect(interruptedBy wakeup: Wakeup) throws(PipelineError) -> any SourceConnection
}

/// A connection that does not stream yet.
public protocol SourceConnection: AnyObject {
    /// The server's `wal_sender_timeout`; nil when it never drops a silent client.
    var senderTimeout: Duration? { get }

    /// Which pipeline this is.
    var identity: PipelineIdentity { get }

    /// The publication that changes are sent for.
    var publication: String { get }

    /// Looks at publication and slot; both must fit, and the publication must exist where the slot is free.
    func checkSlot() throws(PipelineError) -> SlotAvailability

    /// Starts streaming; nothing else may be asked of the connection afterwards.
    ///
    /// - Parameter start: the server begins here or at the slot's own LSN, whichever is later.
    func startReplication(from start: LSN) throws(PipelineError) -> any ChangeStream
}

/// Whether the slot can be had.
public enum SlotAvailability: Hashable, Sendable {
    /// - Parameters:
    ///   - confirmedFlush: what was confirmed last, by whoever had the slot.
    ///   - current: the end of the server's WAL, asked for now; nil where it was not.
    ///   - timeline: the server's timeline; nil where the server does not tell.
    case free(confirmedFlush: LSN, current: LSN? = nil, timeline: ServerTimeline? = nil)
    /// Someone else streams from it.
    case active(pid: Int?)
    /// There is none.
    ///
    /// - Parameters:
    ///   - current: the end of the server's WAL.
    ///   - others: the database's other slots.
    ///   - onStandby: whether the server is a standby, which has slots of its own.
    case missing(current: LSN, others: [String] = [], onStandby: Bool = false)
    /// The server has given it up, for ever, for a reason in its own words.
    case lost(reason: String, current: LSN)
}

/// A slot's changes, being streamed.
public protocol ChangeStream: AnyObject {
    /// What to wait for between calls of ``receive(into:limit:)``.
    var socket: Int32 { get }

    /// Whether ``flush()`` has something to do once the socket takes it.
    var wantsToWrite: Bool { get }

    /// Moves what has arrived into `chunk`, without waiting.
    ///
    /// - Returns: false when more may be had without waiting for the socket.
    func receive(into chunk: inout WALChunk, limit: Int) throws(PipelineError) -> Bool

    func send(_ update: StandbyStatusUpdate) throws(PipelineError)
    func flush() throws(PipelineError)

    /// Ends the stream in good order: the server has read every status update when this returns.
    func end(deadline: ContinuousClock.Instant) throws(PipelineError)
}
