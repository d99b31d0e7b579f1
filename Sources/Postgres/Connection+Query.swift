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
        let sent: Int32
        if arguments.isEmpty {
            sent = PQsendQuery(handle, sql)
        } else {
            let values = CStringArray(arguments)
            sent = PQsendQueryParams(handle, sql, Int32(arguments.count), nil, values.pointer, nil, nil, 0)
        }
        guard sent == 1 else { throw lost(action) }
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
