internal import CLibpq

/// The SQLSTATEs of the notices and warnings that a connection has received. Of their texts none is kept: they may hold
/// whatever a function of the database has put there.
///
/// Belongs to the thread of its connection, on which libpq calls the receiver.
/// <https://www.postgresql.org/docs/current/libpq-notice-processing.html>
final class NoticeStates {
    private var states: Set<String> = []

    func contains(_ state: String) -> Bool { states.contains(state) }

    /// Has `connection` report to this object until `body` has ended.
    func whileTheyAreKept(of connection: Connection, _ body: () throws(PostgresError) -> Void) throws(PostgresError) {
        let previous = PQsetNoticeReceiver(connection.handle, nil, nil)
        receive(from: connection.handle)
        // Without an argument libpq's own receiver is called; one of ours needs none.
        defer { PQsetNoticeReceiver(connection.handle, previous, nil) }
        try body()
    }

    /// Has a connection report to this object, which must outlive it.
    func receive(from handle: OpaquePointer) {
        PQsetNoticeReceiver(
            handle,
            { context, result in
                guard let context, let result, let text = PQresultErrorField(result, 0x43) else { return }
                Unmanaged<NoticeStates>.fromOpaque(context).takeUnretainedValue().states.insert(String(cString: text))
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Has libpq forget the object that it reported to.
    static func stopReceiving(from handle: OpaquePointer) { PQsetNoticeReceiver(handle, { _, _ in }, nil) }
}
