import ReplicationProtocol

/// The value of a state record: `{"lsn":"16/B374D848"}`, with
/// `"partial":{"xid":742,"finalLSN":"16/B3750000","changes":1000}` inside a transaction that was split, and
/// `"snapshot":{"run":7,"state":"running"}` where there is or was an initial snapshot,
/// and `"requests":{…}` where snapshots were asked for that are not done, and
/// `"history":{"timeline":2,"begin":"16/A0000000","mark":{…}}` for knowing the server's history again.
extension SourcePosition {
    /// Reads what ``json`` wrote, and what a later version adds fields to.
    public init(json: [UInt8]) throws(StateRecordError) {
        let fields = try StateFields(json)
        lsn = try fields.lsn("lsn")
        partial =
            if let inner = try fields.fields("partial") { try Partial(inner) } else { nil }
        snapshot =
            if let inner = try fields.fields("snapshot") { try SnapshotStage(inner) } else { nil }
        do throws(StateRecordError) {
            requests = if let inner = try fields.fields("requests") { try RequestProgress.read(inner) } else { [] }
        } catch {
            // Whatever is wrong with them, the stream has its position.
            hasUnreadableRequests = true
        }
        if let inner = try fields.fields("history") {
            if let number = try inner.optionalNumber("timeline") {
                guard let id = UInt32(exactly: number) else { throw .wrongField("timeline") }
                timeline = id
            }
            timelineBegin = try inner.optionalText("begin") == nil ? nil : try inner.lsn("begin")
            mark = if let inner = try inner.fields("mark") { try TransactionMark(inner) } else { nil }
        }
    }

    public var json: [UInt8] {
        var text = "{\"lsn\":\"\(lsn)\""
        if let partial {
            text += ",\"partial\":{\"xid\":\(partial.xid),\"finalLSN\":\"\(partial.finalLSN)\""
            text += ",\"changes\":\(partial.changes)}"
        }
        if let snapshot { text += ",\"snapshot\":\(snapshot.json)" }
        if !requests.isEmpty {
            text += ",\"requests\":\(String(decoding: RequestProgress.json(requests), as: UTF8.self))"
        }
        var history: [String] = []
        if let timeline { history.append("\"timeline\":\(timeline)") }
        if let timelineBegin { history.append("\"begin\":\"\(timelineBegin)\"") }
        if let mark { history.append("\"mark\":\(mark.json)") }
        if !history.isEmpty { text += ",\"history\":{\(history.joined(separator: ","))}" }
        return Array((text + "}").utf8)
    }
}

extension SourcePosition.Partial {
    fileprivate init(_ fields: StateFields) throws(StateRecordError) {
        guard let xid = UInt32(exactly: try fields.number("xid")) else { throw .wrongField("xid") }
        self.init(xid: xid, finalLSN: try fields.lsn("finalLSN"), changes: try fields.number("changes"))
    }
}
