/// Which transactions a snapshot sees: `pg_snapshot`, printed as `xmin:xmax:xip_list`.
/// <https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT-PARTS>
public struct TransactionSnapshot: Hashable, Sendable, CustomStringConvertible {
    /// The lowest transaction id that was still running.
    public var xmin: UInt64
    /// One past the highest transaction id that had ended.
    public var xmax: UInt64
    /// The transactions in progress, in order.
    public var inProgress: [UInt64]

    public init(xmin: UInt64, xmax: UInt64, inProgress: [UInt64] = []) {
        self.xmin = xmin
        self.xmax = xmax
        self.inProgress = inProgress
    }

    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let xmin = UInt64(parts[0]), let xmax = UInt64(parts[1]) else { return nil }
        var inProgress: [UInt64] = []
        for id in parts[2].split(separator: ",") {
            guard let id = UInt64(id) else { return nil }
            inProgress.append(id)
        }
        self.init(xmin: xmin, xmax: xmax, inProgress: inProgress.sorted())
    }

    /// Whether a committed transaction's changes are seen.
    ///
    /// - Parameter xid: with the epoch, as `pg_snapshot` has it. The stream's 32-bit ids need ``widened(_:)``.
    public func sees(_ xid: UInt64) -> Bool {
        if xid < xmin { return true }
        if xid >= xmax { return false }
        var low = 0
        var high = inProgress.count
        while low < high {
            let middle = (low + high) / 2
            if inProgress[middle] == xid { return false }
            if inProgress[middle] < xid { low = middle + 1 } else { high = middle }
        }
        return true
    }

    /// The full transaction id of the stream's 32-bit one: the one that is nearest to this snapshot, since live ids are
    /// never more than 2³¹ apart.
    public func widened(_ xid: UInt32) -> UInt64 {
        let distance = Int32(bitPattern: xid &- UInt32(truncatingIfNeeded: xmax))
        return UInt64(bitPattern: Int64(bitPattern: xmax) &+ Int64(distance))
    }

    public var description: String { "\(xmin):\(xmax):" + inProgress.map(String.init).joined(separator: ",") }
}
