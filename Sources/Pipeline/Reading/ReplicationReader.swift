internal import LinuxSupport
internal import Logging
internal import ReplicationProtocol

/// The thread `pg-reader`: fills chunks from the stream, hands them over, and keeps the server informed.
///
/// Feedback never waits for work: while the handoff is full the socket is left out of the wait, and status updates go
/// on. A slow Kafka never trips `wal_sender_timeout`.
struct ReplicationReader {
    let stream: any ChangeStream
    let session: Session
    let wakeup: Wakeup
    let control: PipelineControl
    let plans: PlanMailbox
    let watched: WatchedLoop
    let status: PipelineStatus
    let slot: String
    let senderTimeout: Duration?
    let logger: Logger

    /// Streams until the batcher has ended after a stop (returns), or something fails (throws).
    func run() throws(PipelineError) {
        let chunkBytes = plans.current.chunkBytes
        var chunk = WALChunk(capacity: chunkBytes)
        var received = LSN.zero
        var feedback = FeedbackSchedule(
            senderTimeout: senderTimeout, now: .now, confirmed: session.checkpoint.confirmed)
        var silence = ReceiveDeadline(senderTimeout: senderTimeout, now: .now)
        let peer = SocketPeer(of: stream.socket)
        if case .sameHost = peer {
            SocketPeer.setReceiveBuffer(of: stream.socket, bytes: ReadPace.sameHostReceiveBuffer)
        }
        var pace = ReadPace(peer, now: .now)
        var receivedBytes = 0
        // Kept while the chunk is full and nothing is received: what libpq holds by then makes no socket readable.
        var mayHaveMore = false
        var stopDeadline: ContinuousClock.Instant?
        while true {
            watched.turned()
            #if FAILPOINTS
                Failpoint.readerTurn.hang()
            #endif
            if session.handoff.isFinished { return try end(received: received, by: stopDeadline) }
            if let failure = session.checkpoint.failure { throw failure }
            if control.isStopping {
                if stopDeadline == nil {
                    let limit = plans.current.shutdownTimeout
                    stopDeadline = .now + limit
                    session.requestStop()
                    status.isStopping(within: limit)
                }
                if let stopDeadline, ContinuousClock.now >= stopDeadline {
                    try? tell(received)
                    throw .stopTimedOut(undelivered: session.checkpoint.inFlight.records)
                }
            }

            if stream.wantsToWrite { try stream.flush() }
            let before = chunk.byteCount
            if chunk.byteCount < chunkBytes {
                mayHaveMore = try !stream.receive(into: &chunk, limit: chunkBytes)
            }
            if chunk.byteCount != before { silence.heard(now: .now) }
            receivedBytes += chunk.byteCount - before
            if !chunk.isEmpty {
                received = max(received, chunk.received)
                session.received = received
                if chunk.replyRequested { feedback.replyWasRequested() }
                chunk.replyWasNoted()
                chunk = session.handoff.offer(chunk)
            }

            let confirmed = session.checkpoint.confirmed
            if feedback.isDue(now: .now, confirmed: confirmed) {
                try tell(received)
                status.refresh()
            }

            let hasRoom = chunk.byteCount < chunkBytes
            if mayHaveMore && hasRoom { continue }
            let now = ContinuousClock.now
            if hasRoom, let nap = pace.nap(received: receivedBytes, now: now) {
                // Not for news either: they can wait for so long, and each would cut the nap short.
                _ = FileDescriptorPoll.wait(-1, for: [], or: nil, until: now + nap)
                continue
            }
            switch silence.check(now: now) {
            case .alive: break
            case .ask: try stream.send(statusUpdate(received, replyRequested: true))
            case .lost:
                throw .source(
                    SourceFailure(
                        "could not read from slot \"\(slot)\": the server has said nothing for "
                            + "\(silence.limit ?? .zero), though it was asked"))
            }
            let deadline = min(feedback.deadline(confirmed: confirmed), stopDeadline ?? now + .seconds(60))
            let waitEnd = min(deadline, silence.next ?? deadline)
            watched.turned(nextWithin: now.duration(to: waitEnd))
            let isReadable = wait(hasRoom: hasRoom, until: waitEnd)
            // Bytes count, whole frames or not: a large row may take long.
            if isReadable || !hasRoom { silence.heard(now: .now) }
        }
    }

    /// The final word: the server knows what was confirmed before the stream is closed, so nothing is sent twice.
    ///
    /// A walsender in the middle of a transaction reads our word only when it is through with it, so it gets the rest
    /// of the time that stopping may take.
    private func end(received: LSN, by deadline: ContinuousClock.Instant?) throws(PipelineError) {
        // What is left is the server's to do.
        watched.rests()
        try tell(received)
        status.refresh()
        try stream.end(deadline: max(deadline ?? .now + .seconds(5), .now + .milliseconds(500)))
    }

    /// - Returns: whether the socket has something for us.
    private func wait(hasRoom: Bool, until deadline: ContinuousClock.Instant) -> Bool {
        var events: FileDescriptorPoll.Events = []
        if hasRoom { events.insert(.readable) }
        if stream.wantsToWrite { events.insert(.writable) }
        // With nothing to ask of the socket it is left out: a hung-up one would wake us for ever.
        let ready = FileDescriptorPoll.wait(
            events.isEmpty ? -1 : stream.socket, for: events, or: wakeup, until: deadline)
        if ready.wakeup { wakeup.drain() }
        return ready.first.contains(.readable)
    }

    /// Sends a status update: what was received, and what PostgreSQL may forget.
    private func tell(_ received: LSN) throws(PipelineError) {
        let update = statusUpdate(received)
        #if FAILPOINTS
            Failpoint.beforeStatusUpdate.reach()
            if Failpoint.statusUpdate.isReached { return }
        #endif
        try stream.send(update)
    }

    private func statusUpdate(_ received: LSN, replyRequested: Bool = false) -> StandbyStatusUpdate {
        let confirmed = session.checkpoint.confirmed
        return StandbyStatusUpdate(
            received: max(received, confirmed), confirmed: confirmed, sendTime: .now, replyRequested: replyRequested)
    }
}
