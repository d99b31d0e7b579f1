public import ReplicationProtocol

extension Connection {
    /// The server's timeline and its history; only on a replication connection.
    ///
    /// - Parameter isStandby: whether the server was one when it was asked.
    public func timeline(isStandby: Bool) throws(PostgresError) -> ServerTimeline? {
        var timeline = try timelineNow()
        timeline?.mayChange = isStandby
        return timeline
    }

    private func timelineNow() throws(PostgresError) -> ServerTimeline? {
        let action = "read the server's timeline"
        guard let id = try query("IDENTIFY_SYSTEM", to: action)[0, 1].flatMap({ UInt32($0) }) else { return nil }
        if id == 1 { return ServerTimeline(id: 1, history: TimelineHistory(ends: [])) }
        do throws(PostgresError) {
            let answer = try query("TIMELINE_HISTORY \(id)", to: action)
            guard answer.rowCount == 1, answer.columnCount == 2 else { return ServerTimeline(id: id, history: nil) }
            return ServerTimeline(id: id, history: answer[0, 1].flatMap { TimelineHistory($0) })
        } catch  where error.kind == .refused {
            // The file can be missing: it is removed with old WAL on some servers.
            return ServerTimeline(id: id, history: nil)
        }
    }
}
