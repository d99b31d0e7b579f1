internal import ReplicationProtocol

/// The catalog's types as text has them.
extension QueryResult {
    func flag(_ row: Int, _ column: Int) -> Bool { self[row, column] == "t" }

    func number(_ row: Int, _ column: Int) -> Int? { self[row, column].flatMap { Int($0) } }

    func lsn(_ row: Int, _ column: Int) -> LSN? { self[row, column].flatMap { LSN($0) } }

    func oid(_ row: Int, _ column: Int, _ action: String) throws(PostgresError) -> OID {
        guard let oid = self[row, column].flatMap({ UInt32($0) }) else {
            throw PostgresError(.unexpectedAnswer, action: action, reason: "the server answered no OID")
        }
        return OID(rawValue: oid)
    }

    /// A column that the catalog declares NOT NULL, or an expression that never is.
    func text(_ row: Int, _ column: Int, _ action: String) throws(PostgresError) -> String {
        guard let text = self[row, column] else {
            throw PostgresError(.unexpectedAnswer, action: action, reason: "the server answered NULL")
        }
        return text
    }

    /// The first row's place, which an aggregate or a constant always has.
    func onlyRow(_ action: String) throws(PostgresError) -> Int {
        guard rowCount == 1 else {
            throw PostgresError(.unexpectedAnswer, action: action, reason: "the server answered \(rowCount) rows")
        }
        return 0
    }
}
