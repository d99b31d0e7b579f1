internal import CLibpq
public import LinuxSupport

/// One libpq connection. Belongs to the thread that made it: libpq allows one thread at a time on a connection.
/// <https://www.postgresql.org/docs/current/libpq-threading.html>
public final class Connection {
    let handle: OpaquePointer
    /// Signalled by whoever wants a blocking call on this connection to end early.
    let wakeup: Wakeup?
    public let parameters: ConnectionParameters
    /// How long the server may say nothing to a statement that may take long before we look whether it is still at work.
    var silenceLimit = Duration.seconds(60)
    /// libpq calls it until the connection is finished.
    let notices: NoticeReceiver

    /// Connects and logs in.
    ///
    /// - Parameters:
    ///   - timeout: for the whole attempt.
    ///   - wakeup: a signal ends this and every later wait with ``PostgresError/Kind/interrupted``; the signal is
    ///     left for its owner to drain.
    public init(
        _ parameters: ConnectionParameters, timeout: Duration = .seconds(10), interruptedBy wakeup: Wakeup? = nil
    ) throws(PostgresError) {
        self.parameters = parameters
        self.wakeup = wakeup
        let resolved = parameters.resolved
        let keywords = CStringArray(resolved.map(\.keyword))
        let values = CStringArray(resolved.map(\.value))
        guard let handle = PQconnectStartParams(keywords.pointer, values.pointer, 0) else {
            preconditionFailure("libpq has no memory for a connection")
        }
        self.handle = handle
        notices = NoticeReceiver(parameters.onNotice)
        notices.attach(to: handle)
        // Verbose errors carry the SQLSTATE, which nothing else tells before a connection exists.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        try waitUntilConnected(deadline: .now + timeout)
        PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
        // From now on no call of libpq's waits: we do, with a deadline. Nothing is unsent here that this could wait for.
        PQsetnonblocking(handle, 1)
        try completeSettings()
    }

    deinit {
        // Waits for nothing, since the connection is non-blocking: the farewell goes out if the socket takes it.
        PQfinish(handle)
    }

    /// `server_version_num`: 150018 is 15.18.
    public var serverVersion: Int { Int(PQserverVersion(handle)) }

    public var backendPID: Int { Int(PQbackendPID(handle)) }

    /// Whether libpq takes another statement; false once the server has gone or a statement was left in the middle, and
    /// in a session whose settings are not ours any more.
    public var isUsable: Bool {
        PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE && hasExpectedSettings
    }

    var socket: Int32 { PQsocket(handle) }

    var usesTLS: Bool { PQsslInUse(handle) == 1 }

    /// What libpq says is wrong with the connection, on one line.
    ///
    /// Nothing where a message of the server's is in it: functions raise errors that end a session, too, and of those
    /// ``ServerMessage`` says what may be told. After a severity the server's messages have two blanks.
    var errorText: String {
        let text = String(cString: PQerrorMessage(handle))
        return text.contains(":  ") ? "" : text.oneLine
    }

    /// `name` quoted as an SQL identifier.
    public func quoteIdentifier(_ name: String) throws(PostgresError) -> String {
        try quote(name, "identifier", PQescapeIdentifier)
    }

    /// `text` quoted as an SQL literal. Not for replication commands, whose grammar refuses `E'…'`.
    public func quoteLiteral(_ text: String) throws(PostgresError) -> String {
        try quote(text, "literal", PQescapeLiteral)
    }

    private func quote(
        _ text: String, _ what: String,
        _ escape: (OpaquePointer?, UnsafePointer<CChar>?, Int) -> UnsafeMutablePointer<CChar>?
    ) throws(PostgresError) -> String {
        guard let quoted = escape(handle, text, text.utf8.count) else {
            throw PostgresError(.unexpectedAnswer, action: "quote an SQL \(what)", reason: errorText)
        }
        defer { PQfreemem(quoted) }
        return String(cString: quoted)
    }

    private func waitUntilConnected(deadline: ContinuousClock.Instant) throws(PostgresError) {
        let action = "connect to PostgreSQL at \(parameters.summary)"
        var step = PGRES_POLLING_WRITING
        while true {
            if PQstatus(handle) == CONNECTION_BAD { step = PGRES_POLLING_FAILED }
            switch step {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_FAILED:
                // With its line breaks and double blanks, by which the SQLSTATE is found.
                var failure = ConnectFailure(verbose: String(cString: PQerrorMessage(handle)))
                if PQconnectionNeedsPassword(handle) == 1 { failure.passwordIsMissing() }
                throw failure.error(action)
            default:
                let ready = FileDescriptorPoll.wait(
                    socket, for: step == PGRES_POLLING_READING ? .readable : .writable, or: wakeup, until: deadline)
                if ready.wakeup { throw PostgresError(.interrupted, action: action, reason: "interrupted") }
                // Whatever has come: a server that sends a byte now and then would keep us for ever.
                if ContinuousClock.now >= deadline {
                    throw PostgresError(.timedOut, action: action, reason: "no answer in time")
                }
                step = PQconnectPoll(handle)
            }
        }
    }
}
