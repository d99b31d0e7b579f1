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
        if arguments.isEmpty {
            guard PQsendQuery(handle, sql) == 1 else { throw lost(action) }
            return try awaitResults(action, deadline: .now + timeout)
        }
        return try query(sql, CStringArray(arguments), count: arguments.count, to: action, timeout: timeout)
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
        return try awaitResults(action, deadline: .now + timeout)
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
        let start = ContinuousClock.now
        let end = timeout.map { start + $0 }
        var report = start + .seconds(1)
        while PQisBusy(handle) == 1 {
            if try waitForInput(action, until: end.map { min($0, report) } ?? report) {
                guard PQconsumeInput(handle) == 1 else { throw lost(action) }
                continue
            }
            if let end, ContinuousClock.now >= end { break }
            if ContinuousClock.now >= report {
                onWait(start.duration(to: .now))
                report = .now + .seconds(10)
            }
        }
        return try awaitResults(action, deadline: end ?? .now + .seconds(30))
    }

    /// Sends a `COPY … TO STDOUT` and waits until the server has begun with it.
    func beginCopy(_ sql: String, to action: String) throws(PostgresError) {
        guard PQsendQuery(handle, sql) == 1 else { throw lost(action) }
        while PQisBusy(handle) == 1 {
            try waitForInput(action)
            guard PQconsumeInput(handle) == 1 else { throw lost(action) }
        }
        guard let first = PQgetResult(handle) else { throw lost(action) }
        let result = QueryResult(owning: first)
        if result.status == PGRES_COPY_OUT { return try expectSettings(action) }
        // Leaves the connection usable, as after any statement.
        while let next = PQgetResult(handle) { PQclear(next) }
        guard result.status == PGRES_FATAL_ERROR else {
            throw PostgresError(.unexpectedAnswer, action: action, reason: "the server did not begin to copy")
        }
        throw refusal(result, action)
    }

    /// What stands behind the last row of a COPY: that it succeeded, or why not.
    func endCopy(_ action: String) throws(PostgresError) { try awaitResults(action, deadline: .now + .seconds(30)) }

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

    /// The last result of the statement in progress; an error in any of them is thrown once all have been read.
    @discardableResult
    private func awaitResults(
        _ action: String, deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> QueryResult {
        var last: QueryResult?
        while true {
            while PQisBusy(handle) == 1 {
                let ready = FileDescriptorPoll.wait(socket, for: .readable, or: wakeup, until: deadline)
                if ready.wakeup { throw PostgresError(.interrupted, action: action, reason: "interrupted") }
                if ready.first.isEmpty, ContinuousClock.now >= deadline {
                    throw PostgresError(.timedOut, action: action, reason: "the server did not answer in time")
                }
                guard PQconsumeInput(handle) == 1 else { throw lost(action) }
            }
            guard let next = PQgetResult(handle) else { break }
            let result = QueryResult(owning: next)
            // The server's first error is the reason; what follows it in the same statement is its echo.
            if last?.status != PGRES_FATAL_ERROR { last = result }
            if result.status == PGRES_COPY_BOTH {
                try expectSettings(action)
                return result
            }
        }
        guard let last else { throw lost(action) }
        switch last.status {
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
            throw refusal(last, action)
        default:
            try expectSettings(action)
            return last
        }
    }

    private func refusal(_ result: QueryResult, _ action: String) -> PostgresError {
        guard PQstatus(handle) == CONNECTION_OK || result.sqlState != nil else { return lost(action) }
        return PostgresError(.refused, action: action, reason: result.errorText.oneLine, sqlState: result.sqlState)
    }

    func lost(_ action: String) -> PostgresError {
        PostgresError(.connectionLost, action: action, reason: errorText)
    }
}
