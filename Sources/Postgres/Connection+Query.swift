internal import CLibpq
internal import LinuxSupport

extension Connection {
    /// Runs one SQL statement, or one replication command.
    ///
    /// - Parameters:
    ///   - action: what the statement is for, as the error says it: `read the slot "orders"`.
    ///   - arguments: `$1`…; nil is NULL. Not allowed on a replication connection, which has no extended protocol.
    @discardableResult
    public func query(
        _ sql: String, _ arguments: [String?] = [], to action: String, timeout: Duration = .seconds(30)
    ) throws(PostgresError) -> QueryResult {
        if arguments.isEmpty { return try query(sql, .catalog, to: action, timeout: timeout) }
        return try query(sql, CStringArray(arguments), count: arguments.count, to: action, timeout: timeout)
    }

    /// Runs one statement.
    ///
    /// - Parameter scope: whose values its errors can quote.
    func query(
        _ sql: String, _ scope: ServerMessage.Scope, to action: String, timeout: Duration = .seconds(30)
    ) throws(PostgresError) -> QueryResult {
        guard PQsendQuery(handle, sql) == 1 else { throw lost(action) }
        return try awaitResults(scope, action, deadline: .now + timeout)
    }

    /// Runs one SQL statement whose arguments are the texts that the server itself has printed.
    func query(
        _ sql: String, texts: [[UInt8]], to action: String, timeout: Duration = .seconds(30)
    ) throws(PostgresError) -> QueryResult {
        try query(sql, CStringArray(texts), count: texts.count, to: action, timeout: timeout)
    }

    private func query(
        _ sql: String, _ arguments: consuming CStringArray, count: Int, to action: String, timeout: Duration
    ) throws(PostgresError) -> QueryResult {
        // Without types: the server takes each from where its argument stands, as it does of a quoted literal.
        guard PQsendQueryParams(handle, sql, Int32(count), nil, arguments.pointer, nil, nil, 0) == 1 else {
            throw lost(action)
        }
        return try awaitResults(.rows, action, deadline: .now + timeout)
    }

    /// Runs one statement or command that may have to wait for other sessions.
    ///
    /// - Parameters:
    ///   - timeout: nil waits as long as they take.
    ///   - onWait: called after a second and then every ten, with the time that has passed.
    @discardableResult
    public func query(
        _ sql: String, to action: String, timeout: Duration?, onWait: (Duration) -> Void
    ) throws(PostgresError) -> QueryResult {
        guard PQsendQuery(handle, sql) == 1 else { throw lost(action) }
        try flush(action, deadline: .now + .seconds(30))
        let start = ContinuousClock.now
        let end = timeout.map { start + $0 }
        var report = start + .seconds(1)
        var heard = start
        while PQisBusy(handle) == 1 {
            let deadline = min(report, heard + silenceLimit)
            if try waitForInput(action, until: end.map { min($0, deadline) } ?? deadline) {
                guard PQconsumeInput(handle) == 1 else { throw lost(action) }
                heard = .now
            }
            if let end, ContinuousClock.now >= end { break }
            if ContinuousClock.now >= report {
                onWait(start.duration(to: .now))
                report = .now + .seconds(10)
            }
            if heard.duration(to: .now) >= silenceLimit {
                try expectServerAtWork(action)
                heard = .now
            }
        }
        return try awaitResults(.catalog, action, deadline: end ?? .now + .seconds(30))
    }

    /// Sends a `COPY … TO STDOUT` and waits until the server has begun with it.
    func beginCopy(_ sql: String, to action: String) throws(PostgresError) {
        guard PQsendQuery(handle, sql) == 1 else { throw lost(action) }
        try flush(action, deadline: .now + .seconds(30))
        while PQisBusy(handle) == 1 {
            try waitWhileAtWork(action)
            guard PQconsumeInput(handle) == 1 else { throw lost(action) }
        }
        guard let first = PQgetResult(handle) else { throw lost(action) }
        let result = QueryResult(owning: first)
        if result.status == PGRES_COPY_OUT { return try expectSettings(action) }
        guard result.status == PGRES_FATAL_ERROR else {
            // Whatever else it has begun: the connection is of no use any more.
            throw PostgresError(.unexpectedAnswer, action: action, reason: "the server did not begin to copy")
        }
        let error = refusal(result, .rows, action)
        // Leaves the connection usable, as after any statement.
        _ = try? awaitResults(.rows, action, deadline: .now + .seconds(30))
        throw error
    }

    /// What stands behind the last row of a COPY: that it succeeded, or why not.
    func endCopy(_ action: String) throws(PostgresError) {
        try awaitResults(.rows, action, deadline: .now + .seconds(30))
    }

    /// Waits until the server has sent something.
    ///
    /// - Returns: false where it has not until `deadline`, or the wait was interrupted by nothing of ours.
    @discardableResult
    func waitForInput(
        _ action: String, until deadline: ContinuousClock.Instant? = nil
    ) throws(PostgresError) -> Bool {
        let ready = FileDescriptorPoll.wait(socket, for: .readable, or: wakeup, until: deadline)
        if ready.wakeup { throw PostgresError(.interrupted, action: action, reason: "interrupted") }
        return !ready.first.isEmpty
    }

    /// Waits until the server has sent something, for as long as it works on our statement.
    ///
    /// A large table may keep it silent for long, and a network that has gone dead or a server that hangs for ever. It is
    /// asked on another connection which of them it is.
    func waitWhileAtWork(_ action: String) throws(PostgresError) {
        while true {
            let deadline = ContinuousClock.now + silenceLimit
            if try waitForInput(action, until: deadline) { return }
            if ContinuousClock.now >= deadline { try expectServerAtWork(action) }
        }
    }

    /// Throws where the server does not work on what it was asked, or cannot be asked about it.
    private func expectServerAtWork(_ action: String) throws(PostgresError) {
        let silence = "the server has said nothing for \(silenceLimit)"
        let result: QueryResult
        do throws(PostgresError) {
            let other = try Connection(parameters.withoutReplication, interruptedBy: wakeup)
            result = try other.query(
                """
                SELECT a.state, a.wait_event FROM pg_catalog.pg_stat_activity a
                WHERE a.pid OPERATOR(pg_catalog.=) \(backendPID)
                """, to: action)
        } catch {
            if error.kind == .interrupted { throw error }
            throw PostgresError(
                .timedOut, action: action, reason: "\(silence), and cannot be asked why: \(error.reason)")
        }
        let state = result.rowCount == 1 ? result[0, 0] : nil
        guard state == "active" else {
            throw PostgresError(
                .timedOut, action: action, reason: "\(silence), and its session is \(state ?? "gone")")
        }
        // It has more for us than finds room on the way, and nothing of it arrives.
        if result[0, 1] == "ClientWrite" {
            throw PostgresError(.timedOut, action: action, reason: "\(silence), and what it sends does not arrive")
        }
    }

    /// Has libpq send what it still holds.
    ///
    /// - Parameter watchesWakeup: whether a signal ends the wait.
    func flush(
        _ action: String, deadline: ContinuousClock.Instant, watchesWakeup: Bool = true
    ) throws(PostgresError) {
        while true {
            let left = PQflush(handle)
            if left == 0 { return }
            guard left > 0 else { throw lost(action) }
            let ready = FileDescriptorPoll.wait(
                socket, for: [.readable, .writable], or: watchesWakeup ? wakeup : nil, until: deadline)
            if ready.wakeup { throw PostgresError(.interrupted, action: action, reason: "interrupted") }
            if ContinuousClock.now >= deadline {
                throw PostgresError(.timedOut, action: action, reason: "the server does not take what it is sent")
            }
            // A server that waits for us to read reads nothing itself.
            if ready.first.contains(.readable), PQconsumeInput(handle) != 1 { throw lost(action) }
        }
    }

    /// The last result of the statement in progress; an error in any of them is thrown once all have been read.
    @discardableResult
    private func awaitResults(
        _ scope: ServerMessage.Scope, _ action: String, deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> QueryResult {
        try flush(action, deadline: deadline)
        var last: QueryResult?
        while true {
            while PQisBusy(handle) == 1 {
                let ready = FileDescriptorPoll.wait(socket, for: .readable, or: wakeup, until: deadline)
                if ready.wakeup { throw PostgresError(.interrupted, action: action, reason: "interrupted") }
                // Whatever has come: notices and halves of messages are no answer.
                if ContinuousClock.now >= deadline {
                    throw PostgresError(.timedOut, action: action, reason: "the server did not answer in time")
                }
                guard PQconsumeInput(handle) == 1 else { throw lost(action) }
            }
            guard let next = PQgetResult(handle) else { break }
            let result = QueryResult(owning: next)
            // The server's first error is the reason; what follows it in the same statement is its echo.
            if last?.status != PGRES_FATAL_ERROR { last = result }
            switch result.status {
            case PGRES_COPY_BOTH:
                try expectSettings(action)
                return result
            case PGRES_COPY_OUT, PGRES_COPY_IN:
                // Nothing ends but what we would have to read or to write.
                throw PostgresError(.unexpectedAnswer, action: action, reason: "the server began to copy")
            default: break
            }
        }
        guard let last else { throw lost(action) }
        switch last.status {
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
            throw refusal(last, scope, action)
        default:
            try expectSettings(action)
            return last
        }
    }

    private func refusal(_ result: QueryResult, _ scope: ServerMessage.Scope, _ action: String) -> PostgresError {
        let message = result.message
        // Without a code it is libpq that speaks, of a connection that has ended.
        guard PQstatus(handle) == CONNECTION_OK || message.sqlState != nil else { return lost(action) }
        return PostgresError(message, scope, action: action)
    }

    func lost(_ action: String) -> PostgresError {
        let text = errorText
        return PostgresError(
            .connectionLost, action: action, reason: text.isEmpty ? "the server ended the session" : text)
    }
}
