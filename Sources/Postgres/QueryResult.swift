internal import CLibpq

/// The rows of one answer. Freed with the value. <https://www.postgresql.org/docs/current/libpq-exec.html>
public final class QueryResult {
    private let result: OpaquePointer

    /// - Parameter result: taken over; it is cleared with this object.
    init(owning result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    public var rowCount: Int { Int(PQntuples(result)) }
    public var columnCount: Int { Int(PQnfields(result)) }

    /// The value as text, or nil where it is NULL, or where the answer has no such place: how many rows and columns an
    /// answer has is the server's word.
    public subscript(row: Int, column: Int) -> String? {
        guard row < rowCount, column < columnCount else { return nil }
        guard PQgetisnull(result, Int32(row), Int32(column)) == 0 else { return nil }
        return String(cString: PQgetvalue(result, Int32(row), Int32(column)))
    }

    /// The value's bytes, as the server has printed them; nil as for the text.
    func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
        guard row < rowCount, column < columnCount else { return nil }
        guard PQgetisnull(result, Int32(row), Int32(column)) == 0 else { return nil }
        let length = Int(PQgetlength(result, Int32(row), Int32(column)))
        return Array(UnsafeRawBufferPointer(start: PQgetvalue(result, Int32(row), Int32(column)), count: length))
    }

    public var rows: [[String?]] {
        (0..<rowCount).map { row in (0..<columnCount).map { self[row, $0] } }
    }

    var status: ExecStatusType { PQresultStatus(result) }

    /// What an error says.
    var message: ServerMessage { ServerMessage(result) }
}
