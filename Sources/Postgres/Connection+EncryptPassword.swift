internal import CLibpq

extension Connection {
    /// The SCRAM verifier of `password`, computed here so that the password itself never reaches the server's log.
    /// <https://www.postgresql.org/docs/current/libpq-misc.html#LIBPQ-PQENCRYPTPASSWORDCONN>
    public func encryptPassword(_ password: String, of role: String) throws(PostgresError) -> String {
        // The algorithm is named: libpq would otherwise ask the server, whose answer may be md5.
        guard let verifier = PQencryptPasswordConn(handle, password, role, "scram-sha-256") else {
            throw PostgresError(
                .unexpectedAnswer, action: "hash the password of role \"\(role)\"", reason: errorText)
        }
        defer { PQfreemem(verifier) }
        return String(cString: verifier)
    }
}
