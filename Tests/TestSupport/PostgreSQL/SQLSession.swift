import CLibpq

/// A connection for a test's own SQL: statements in, text out.
///
/// Not `Sendable`: libpq allows one thread at a time on a connection.
public final class SQLSession {
    private let connection: OpaquePointer

    /// Connects with a libpq connection string.
    public init(_ connectionString: String) throws {
        connection = PQconnectdb(connectionString)
        guard PQstatus(connection) == CONNECTION_OK else {
            // With every property set, deinit runs after a throw, and frees the connection.
            throw HarnessError(String(cString: PQerrorMessage(connection)))
        }
        // Notices would be written to the tests' own stderr.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
    }

    deinit {
        PQfinish(connection)
    }

    /// The server process that serves this session.
    public var backendPID: Int32 { PQbackendPID(connection) }

    /// Runs one or several statements and forgets their rows.
    public func execute(_ sql: String) throws {
        PQclear(try run(sql))
    }

    /// Runs a statement and returns its rows as text, nil for null.
    public func query(_ sql: String) throws -> [[String?]] {
        let result = try run(sql)
        defer { PQclear(result) }
        return (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
            }
        }
    }

    /// The first column of the first row; nil for null or no row.
    public func value(_ sql: String) throws -> String? {
        try query(sql).first?.first ?? nil
    }

    private func run(_ sql: String) throws -> OpaquePointer {
        guard let result = PQexec(connection, sql) else {
            throw HarnessError(String(cString: PQerrorMessage(connection)))
        }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            return result
        default:
            let reason = String(cString: PQresultErrorMessage(result))
            PQclear(result)
            throw HarnessError("\(reason)  in: \(sql)")
        }
    }
}
