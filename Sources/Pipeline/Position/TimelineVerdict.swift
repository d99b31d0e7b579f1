internal import ReplicationProtocol

/// How the server's timeline stands to that of a position.
enum TimelineVerdict: Hashable {
    /// The server is still on it.
    case same
    /// Either side does not tell.
    case unknown
    /// The server is on an earlier one, with this number.
    case older(server: UInt32)
    /// The server's history has left the position's timeline at this LSN.
    case branched(at: LSN)

    init(of position: SourcePosition, on server: ServerTimeline?) {
        guard let timeline = position.timeline, let server else {
            self = .unknown
            return
        }
        if server.id < timeline {
            self = .older(server: server.id)
        } else if server.id == timeline {
            // Two standbys that were promoted apart give their timelines one number.
            guard let own = position.timelineBegin, let begin = server.begin, own != begin else {
                self = .same
                return
            }
            self = .branched(at: min(own, begin))
        } else if let history = server.history {
            let begin = history.begin(of: timeline)
            if let end = history.end(of: timeline), position.timelineBegin == nil || position.timelineBegin == begin {
                self = .branched(at: end)
            } else if let begin {
                // The server has never been on the position's timeline.
                self = .branched(at: min(begin, position.timelineBegin ?? begin))
            } else {
                self = .unknown
            }
        } else {
            self = .unknown
        }
    }
}

extension SourcePosition {
    /// The end of the last transaction of which Kafka has something, as far as it is known. A position can lie beyond it,
    /// where the server has said that nothing else was committed.
    var covered: LSN {
        if let partial { return LSN(rawValue: partial.finalLSN.rawValue &+ 1) }
        return sent
    }

    /// The end of the last whole transaction that Kafka has, as far as it is known.
    var sent: LSN { mark.map { min($0.end, lsn) } ?? lsn }
}
