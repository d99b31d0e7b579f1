public import ReplicationProtocol

/// Which batches are still under way, and up to which LSN everything has been delivered.
///
/// Batches are opened in WAL order. The confirmed LSN is that of the longest fully delivered prefix, so that a slow
/// partition holds it back and never lets it jump ahead: **nothing at or below it is undelivered**. A batch with a
/// failed record stays open for ever, and with it everything behind it.
public struct DeliveryLedger: Sendable {
    private struct OpenBatch {
        var undelivered: Int
        var bytes: Int
        /// The end of the last transaction that ends inside the batch, if one does.
        var delivers: LSN?
        /// The same where PostgreSQL may forget it then; not so where the position is kept elsewhere first.
        var confirmable: LSN?
        /// When the first of its transactions was committed.
        var commitTime: ServerTime?
    }

    /// The open batches, oldest first; the oldest has the number ``oldest``, and numbers go round at 2^32: a record's
    /// opaque has no room for more, and far fewer are open at a time.
    private var open: [OpenBatch] = []
    public private(set) var oldest: UInt32 = 1
    public private(set) var confirmed: LSN
    /// The LSN up to which everything has been delivered, confirmed or not.
    public private(set) var delivered: LSN
    public private(set) var inFlightRecords = 0
    public private(set) var inFlightBytes = 0

    /// - Parameter confirmed: where the stream begins; nothing below it was asked for.
    public init(confirmed: LSN = .zero) {
        self.confirmed = confirmed
        delivered = confirmed
    }

    /// Opens the next batch.
    ///
    /// - Parameters:
    ///   - records: how many delivery reports will come; a batch without records is delivered already.
    ///   - delivers: up to where everything is delivered when this and all earlier batches are.
    ///   - confirmable: what may be confirmed then.
    ///   - commitTime: when the first of its transactions was committed; comes back with its last report.
    /// - Returns: the batch's number, for ``acknowledge(_:records:)``.
    public mutating func open(
        records: Int, bytes: Int, delivers: LSN? = nil, confirmable: LSN?, commitTime: ServerTime? = nil
    ) -> UInt32 {
        precondition(records >= 0 && bytes >= 0, "a batch has no negative size")
        if records == 0, let last = open.indices.last {
            // Nothing to wait for but what is under way: the last batch can carry the LSN.
            if let delivers { open[last].delivers = max(open[last].delivers ?? .zero, delivers) }
            if let confirmable { open[last].confirmable = max(open[last].confirmable ?? .zero, confirmable) }
            return oldest &+ UInt32(last)
        }
        open.append(
            OpenBatch(
                undelivered: records, bytes: bytes, delivers: delivers, confirmable: confirmable,
                commitTime: commitTime))
        inFlightRecords += records
        inFlightBytes += bytes
        let number = oldest &+ UInt32(open.count - 1)
        if records == 0 { settle() }
        return number
    }

    /// Takes delivery reports of `records` records of a batch.
    ///
    /// - Returns: with the last of them, when the first of its transactions was committed, as far as that was said.
    @discardableResult
    public mutating func acknowledge(_ batch: UInt32, records: Int) -> ServerTime? {
        let index = Int(batch &- oldest)
        precondition(index < open.count, "a report is of a batch that is open")
        precondition(records <= open[index].undelivered, "a record is reported once")
        open[index].undelivered -= records
        inFlightRecords -= records
        guard open[index].undelivered == 0 else { return nil }
        let commitTime = open[index].commitTime
        inFlightBytes -= open[index].bytes
        open[index].bytes = 0
        if index == 0 { settle() }
        return commitTime
    }

    /// Closes the delivered prefix.
    private mutating func settle() {
        var closed = 0
        while closed < open.count, open[closed].undelivered == 0 {
            let batch = open[closed]
            if let confirmable = batch.confirmable { confirmed = max(confirmed, confirmable) }
            delivered = max(delivered, batch.delivers ?? .zero, confirmed)
            closed += 1
        }
        open.removeFirst(closed)
        oldest &+= UInt32(closed)
    }
}
