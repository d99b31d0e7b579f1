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

    /// The last result of the statement in progress; an error in any of them is thrown once all have been read.
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
            if result.status == PGRES_COPY_BOTH { return result }
        }
        guard let last else { throw lost(action) }
        switch last.status {
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
            guard PQstatus(handle) == CONNECTION_OK || last.sqlState != nil else { throw lost(action) }
            throw PostgresError(.refused, action: action, reason: last.errorText.oneLine, sqlState: last.sqlState)
        default: return last
        }
    }

    func lost(_ action: String) -> PostgresError {
        PostgresError(.connectionLost, action: action, reason: errorText)
    }
}
