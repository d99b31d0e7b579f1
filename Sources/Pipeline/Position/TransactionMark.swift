public import ReplicationProtocol
internal import RowMapping

/// The last transaction that a position covers, by which the server's history is known again.
public struct TransactionMark: Hashable, Sendable {
    public var xid: UInt32
    /// Where its commit record begins, as its Begin message says.
    public var commit: LSN
    /// Where its commit record ends.
    public var end: LSN
    /// nil where only its place and number are known.
    public var time: ServerTime?
    /// The publication that it was sent for: another one may leave the transaction out.
    public var publication: String

    public init(xid: UInt32, commit: LSN, end: LSN, time: ServerTime?, publication: String = "") {
        self.xid = xid
        self.commit = commit
        self.end = end
        self.time = time
        self.publication = publication
    }

    /// Whether what stands in the WAL where the transaction was committed is its commit; nil where that does not tell.
    public func isCommitted(_ finding: WALPages.Finding?) -> Bool? {
        switch finding {
        case nil, .incomplete, .unreadable: return nil
        case .noCommit: return false
        case .commit(let record):
            if let xid = record.xid, xid != self.xid { return false }
            guard let time else { return record.xid == nil ? nil : true }
            return record.times.contains(time)
        }
    }

    /// Whether the transaction that begins is the marked one.
    func matches(_ begin: Begin) -> Bool {
        begin.finalLSN == commit && begin.xid == xid && (time == nil || begin.commitTime == time)
    }
}

extension TransactionMark {
    init(_ fields: StateFields) throws(StateRecordError) {
        guard let xid = UInt32(exactly: try fields.number("xid")) else { throw .wrongField("xid") }
        self.init(
            xid: xid, commit: try fields.lsn("commit"), end: try fields.lsn("end"),
            time: ServerTime(rawValue: Int64(bitPattern: try fields.number("time"))),
            publication: try fields.text("publication"))
    }

    /// `{"xid":742,"commit":"16/B374D800","end":"16/B374D848","time":817840000000000,"publication":"shop"}`
    var json: String {
        let time = UInt64(bitPattern: time?.rawValue ?? 0)
        let publication = String(decoding: JSONText.quoted(publication), as: UTF8.self)
        return #"{"xid":\#(xid),"commit":"\#(commit)","end":"\#(end)","time":\#(time),"publication":\#(publication)}"#
    }
}
