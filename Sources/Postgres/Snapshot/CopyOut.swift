internal import CLibpq
internal import LinuxSupport

/// The rows of one `COPY … TO STDOUT`, as the server sends them: a row a message.
/// <https://www.postgresql.org/docs/current/libpq-copy.html>
public struct CopyOut: ~Copyable {
    private let connection: Connection
    private let action: String
    /// The row that was lent last; libpq's, freed before the next.
    private var row: UnsafeMutablePointer<CChar>?

    init(_ statement: String, on connection: Connection, to action: String) throws(PostgresError) {
        self.connection = connection
        self.action = action
        try connection.beginCopy(statement, to: action)
    }

    deinit { PQfreemem(row) }

    /// Waits for the next row; nil behind the last.
    ///
    /// - Returns: libpq's own bytes, which may be written to, until the next call.
    public mutating func next() throws(PostgresError) -> UnsafeMutableRawBufferPointer? {
        if row != nil {
            PQfreemem(row)
            row = nil
        }
        var mustWait = false
        while true {
            let length = PQgetCopyData(connection.handle, &row, 1)
            switch length {
            case 1...: return UnsafeMutableRawBufferPointer(start: row, count: Int(length))
            case 0:
                // What has come meanwhile is taken without asking poll first.
                if mustWait { try connection.waitWhileAtWork(action) }
                mustWait = true
                guard PQconsumeInput(connection.handle) == 1 else { throw connection.lost(action) }
            case -1:
                try connection.endCopy(action)
                return nil
            default: throw connection.lost(action)
            }
        }
    }
}
