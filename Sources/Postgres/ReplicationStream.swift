internal import CLibpq
internal import Glibc
internal import LinuxSupport
public import ReplicationProtocol

/// A connection that streams a slot's changes. Owned, as its ``Connection``, by one thread.
/// <https://www.postgresql.org/docs/current/protocol-replication.html#PROTOCOL-REPLICATION-START-REPLICATION>
public final class ReplicationStream {
    private let connection: Connection
    private let slot: String
    /// Whether libpq still holds bytes that the socket would not take.
    private var hasUnsentBytes = false

    /// Starts streaming on `connection`, which must have been made for replication and carries nothing else from now
    /// on.
    ///
    /// - Parameters:
    ///   - start: the server begins at this LSN or at the slot's own, whichever is later.
    ///   - messages: whether logical messages (`pg_logical_emit_message`) are sent too, which belong to no publication.
    public init(
        on connection: Connection, slot: String, publications: [String], from start: LSN, messages: Bool
    ) throws(PostgresError) {
        self.connection = connection
        self.slot = slot
        let command = Self.command(slot: slot, publications: publications, from: start, messages: messages)
        connection.notices.forget()
        let result = try connection.query(command, to: "start replication on slot \"\(slot)\" at \(start)")
        guard result.status == PGRES_COPY_BOTH else {
            throw PostgresError(
                .unexpectedAnswer, action: "start replication on slot \"\(slot)\"",
                reason: "the server did not begin to stream")
        }
    }

    /// pgoutput's options: <https://www.postgresql.org/docs/current/protocol-logical-replication.html>
    static func command(slot: String, publications: [String], from start: LSN, messages: Bool) -> String {
        let names = publications.map { quote($0, "\"") }.joined(separator: ",")
        let options =
            "proto_version '1', publication_names \(quote(names, "'"))" + (messages ? ", messages 'true'" : "")
        return "START_REPLICATION SLOT \(quote(slot, "\"")) LOGICAL \(start) (\(options))"
    }

    /// Identifiers and literals of the replication grammar: quotes are doubled, and nothing else is special.
    static func quote(_ text: String, _ mark: Unicode.Scalar) -> String {
        "\(mark)" + String(text.unicodeScalars.map { $0 == mark ? "\(mark)\(mark)" : "\($0)" }.joined()) + "\(mark)"
    }

    public var socket: Int32 { connection.socket }

    /// What to wait for on ``socket`` besides input.
    public var wantsToWrite: Bool { hasUnsentBytes }

    /// Moves what the server has sent into `chunk`, until the socket is empty or the chunk holds `limit` bytes.
    ///
    /// Never waits. A frame larger than `limit` is taken alone.
    ///
    /// - Returns: false when frames may be left inside libpq, which do not make the socket readable: call again
    ///   before waiting.
    public func receive(into chunk: inout WALChunk, limit: Int) throws(PostgresError) -> Bool {
        let isEmpty = try receiveFrames(into: &chunk, limit: limit)
        // Values are printed by the session's settings. What came with a change of them is not handed on.
        try connection.expectSettings(action)
        return isEmpty
    }

    private func receiveFrames(into chunk: inout WALChunk, limit: Int) throws(PostgresError) -> Bool {
        var quietReads = 0
        while true {
            guard PQconsumeInput(connection.handle) == 1 else { throw connection.lost(action) }
            let before = chunk.byteCount
            if connection.notices.contains(Connection.skippedPublication) { throw skipped }
            guard try drain(into: &chunk, limit: limit) else { return false }
            let gained = chunk.byteCount - before
            if connection.usesTLS {
                // What OpenSSL has decrypted and libpq had no room for does not make the socket readable. A record
                // holds 16 KB and libpq makes room for 8 at least, so three reads without a gain have emptied it.
                quietReads = gained == 0 ? quietReads + 1 : 0
                if quietReads == 3 { return true }
            } else if gained < Self.fullRead {
                // libpq reads what fits its buffer, 16 KB at least: a small gain means that the socket is empty.
                return true
            }
        }
    }

    /// Half of the least that libpq makes room for: a read may end inside a message, which is then not counted.
    private static let fullRead = 8 * 1024

    /// - Returns: whether libpq holds no whole frame any more; false when the chunk is full.
    private func drain(into chunk: inout WALChunk, limit: Int) throws(PostgresError) -> Bool {
        while chunk.byteCount < limit {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(connection.handle, &buffer, 1)
            switch length {
            case 1...:
                chunk.append(UnsafeRawBufferPointer(start: buffer, count: Int(length)))
                PQfreemem(buffer)
            case 0: return true
            case -1: throw endOfStream()
            default: throw connection.lost(action)
            }
        }
        return false
    }

    /// Sends `update`, now or, if the socket is full, with the next ``flush()``.
    public func send(_ update: StandbyStatusUpdate) throws(PostgresError) {
        let sent = update.encoded.withUnsafeBytes {
            PQputCopyData(connection.handle, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count))
        }
        guard sent >= 0 else { throw connection.lost("send a status update for slot \"\(slot)\"") }
        try flush()
    }

    /// Pushes out what the socket would not take before.
    public func flush() throws(PostgresError) {
        let result = PQflush(connection.handle)
        guard result >= 0 else { throw connection.lost("send a status update for slot \"\(slot)\"") }
        hasUnsentBytes = result == 1
    }

    /// Ends the stream in good order: the server has read every status update when this returns.
    public func end(deadline: ContinuousClock.Instant) throws(PostgresError) {
        let action = "end replication on slot \"\(slot)\""
        guard PQputCopyEnd(connection.handle, nil) == 1 else { throw connection.lost(action) }
        // The wakeup is for news of the batcher's, not for this.
        try connection.flush(action, deadline: deadline, watchesWakeup: false)
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(connection.handle, &buffer, 1)
            if length > 0 {
                PQfreemem(buffer)
            } else if length == 0 {
                _ = FileDescriptorPoll.wait(socket, for: .readable, or: nil, until: deadline)
                guard PQconsumeInput(connection.handle) == 1 else { throw connection.lost(action) }
            } else if length == -1 {
                return
            } else {
                throw connection.lost(action)
            }
            if ContinuousClock.now >= deadline {
                throw PostgresError(.timedOut, action: action, reason: "the server did not end the stream in time")
            }
        }
    }

    /// From PostgreSQL 18 on the server passes over changes of a time without the publication, and only warns. Before, it
    /// refused to decode them; here both have the same end, since a loss is nothing to be passed over.
    private var skipped: PostgresError {
        PostgresError(
            .refused, action: action, reason: "the publication did not exist when the next changes were written",
            sqlState: Connection.undefinedObject)
    }

    private var action: String { "read from slot \"\(slot)\"" }

    /// How long the rest of the message may take with which the server ends the stream.
    private static let patience = Duration.seconds(2)

    /// Why the server ended the stream: an error of its own, or a shutdown.
    private func endOfStream() -> PostgresError {
        let deadline = ContinuousClock.now + Self.patience
        // Before the message has come as a whole libpq would wait for the rest of it, for as long as that takes.
        while PQisBusy(connection.handle) == 1 {
            _ = FileDescriptorPoll.wait(socket, for: .readable, or: nil, until: deadline)
            guard PQconsumeInput(connection.handle) == 1 else { return connection.lost(action) }
            if ContinuousClock.now >= deadline, PQisBusy(connection.handle) == 1 {
                return PostgresError(
                    .timedOut, action: action,
                    reason:
                        "the server left the stream with a message that it did not finish, or that does not belong there"
                )
            }
        }
        if let pointer = PQgetResult(connection.handle) {
            let result = QueryResult(owning: pointer)
            let message = result.message
            if result.status == PGRES_FATAL_ERROR, message.sqlState != nil {
                return PostgresError(message, .rows, action: action)
            }
        }
        let text = connection.errorText
        return PostgresError(
            .connectionLost, action: action, reason: text.isEmpty ? "the server ended the stream" : text)
    }
}
