internal import ReplicationProtocol

/// Decides which rows of a chunk may be sent, when its high watermark comes by in the stream.
///
/// A row that was read may be sent unless the stream already had something newer of it. Of a transaction that changed
/// the row, its commit stands in the WAL
/// - behind the high mark: the stream brings it after the row;
/// - between the marks: the row is left out, since the change has been sent and may be the newer;
/// - before the low mark: the change has been sent, and the snapshot was taken after it. It is then older than the row,
///   unless the transaction was not over for others yet when the chunk was read (its session waits for a synchronous
///   standby, say): then the chunk is read again.
///
/// Pure. Owned by the batcher, which calls it for the frames of the stream in their order.
struct SnapshotWindow {
    enum Verdict: Hashable, Sendable {
        /// Send the rows for which ``isTouched(_:in:)`` is false.
        case send
        /// Read the pages again, under marks of their own.
        case readAgain(Reason)
    }

    enum Reason: Hashable, Sendable {
        /// A transaction that was sent before was not visible to the chunk.
        case invisibleTransaction(xid: UInt32)
        /// So many rows changed meanwhile that their identities found no room.
        case tooManyChanges
        /// A change did not tell which row it changed.
        case unknownRow
        /// The low mark was not seen: the stream began between the two.
        case noLowMark
    }

    private var identity: RowIdentity
    private var touched: TouchedKeys
    /// Transactions that changed the table, in the order of their commits, as far as they may be invisible to a snapshot
    /// that is yet to come.
    private var committed: [UInt32] = []
    /// How many of ``committed`` stand before the low mark; nil outside of a window.
    private var before: Int?
    private var chunk: UInt64 = 0
    private var isTruncated = false
    private var hasUnknownRow = false
    /// Whether the open transaction is noted in ``committed``.
    private var isNoted = false

    /// - Parameter limit: bytes of the changed rows' identities.
    init(identity: RowIdentity, limit: Int) {
        self.identity = identity
        touched = TouchedKeys(limit: limit)
    }

    /// Whether a low mark has come by.
    private(set) var hasBegun = false

    /// Whether the stream is between two marks.
    var isOpen: Bool { before != nil }

    // MARK: The stream

    mutating func transactionBegan() { isNoted = false }

    /// Notes a change of a row of the table.
    ///
    /// - Parameters:
    ///   - old: whether the change has an old tuple.
    ///   - new: whether it has a new one.
    mutating func rowChanged(
        _ tuples: borrowing ChangeTuples, old: Bool, new: Bool, in bytes: UnsafeRawBufferPointer, xid: UInt32
    ) {
        note(xid)
        guard isOpen else { return }
        if old {
            if identity.takeOld(tuples, in: bytes) { touched.insert(identity.key) } else { hasUnknownRow = true }
        }
        if new {
            if identity.takeNew(tuples, hasOld: old, in: bytes) {
                touched.insert(identity.key)
            } else {
                hasUnknownRow = true
            }
        }
    }

    mutating func tableWasTruncated(xid: UInt32) {
        note(xid)
        if isOpen { isTruncated = true }
    }

    private mutating func note(_ xid: UInt32) {
        if isNoted { return }
        isNoted = true
        committed.append(xid)
    }

    // MARK: Marks

    mutating func lowMark(of chunk: UInt64) {
        self.chunk = chunk
        hasBegun = true
        before = committed.count
        touched.removeAll()
        isTruncated = false
        hasUnknownRow = false
    }

    /// - Parameter snapshot: with which the chunk was read.
    mutating func highMark(of chunk: UInt64, _ snapshot: TransactionSnapshot) -> Verdict {
        guard let before, self.chunk == chunk else { return .readAgain(.noLowMark) }
        self.before = nil
        let invisible = committed[..<before].first { !snapshot.sees(snapshot.widened($0)) }
        // What this snapshot sees, every later one sees.
        committed.removeAll { snapshot.sees(snapshot.widened($0)) }
        if let invisible { return .readAgain(.invisibleTransaction(xid: invisible)) }
        if hasUnknownRow { return .readAgain(.unknownRow) }
        if touched.isOverfull, !isTruncated { return .readAgain(.tooManyChanges) }
        return .send
    }

    /// Whether the stream has had a newer change of a row that was read; asked between a high mark with ``Verdict/send``
    /// and the next low one.
    mutating func isTouched(_ row: borrowing CopyRow, in bytes: UnsafeRawBufferPointer) -> Bool {
        if isTruncated { return true }
        return identity.takeNew(row.tuples, hasOld: false, in: bytes) && touched.contains(identity.key)
    }
}
