/// libpq's verbose account of a failed log-in, taken apart.
///
/// Before a connection exists there is no result to ask for an SQLSTATE; the verbose text holds it:
/// `… FATAL:  28P01: password authentication failed for user "x"`, and on the last line `LOCATION:  auth_failed,
/// auth.c:326`. Severity and label may be translated; the five characters between the colons are not, nor is the name
/// of a C file.
struct ConnectFailure {
    private(set) var sqlState: String?
    private(set) var reason: String

    init(verbose text: String) {
        reason = text.oneLine
        var fields = text.split(separator: ":", omittingEmptySubsequences: false)[...]
        var before = ""
        while let field = fields.popFirst() {
            let code = field.drop { $0 == " " }
            if field.hasPrefix("  "), code.utf8.count == 5, !fields.isEmpty,
                code.utf8.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) })
            {
                sqlState = String(code)
                reason =
                    Self.mayRepeat(String(code))
                    ? Self.withoutLocation(before + fields.joined(separator: ":")).oneLine
                    : "\(SQLState.words(String(code)) ?? "an unknown error") (\(code)); the server's log has its own words"
                return
            }
            before += field + ":"
        }
    }

    /// libpq gives up by itself when it is asked for a password that it was not given; a server that had been sent a
    /// wrong one would have said `invalid_password`.
    mutating func passwordIsMissing() { sqlState = sqlState ?? "28P01" }

    /// Of a log-in the server speaks in its own words, of roles and databases, but for triggers on it (PostgreSQL 17),
    /// whose functions say what they like.
    private static func mayRepeat(_ state: String) -> Bool {
        ["08", "0A", "28", "3D", "42", "53", "55", "57", "58"].contains(String(state.prefix(2)))
    }

    /// Leaves out where in the server's C code it was, for each address that was tried.
    private static func withoutLocation(_ text: String) -> String {
        text.split(separator: "\n").filter { line in
            line.split(separator: ":").dropLast().last?.hasSuffix(".c") != true
        }.joined(separator: "\n")
    }

    func error(_ action: String) -> PostgresError {
        PostgresError(sqlState == nil ? .unreachable : .refused, action: action, reason: reason, sqlState: sqlState)
    }
}

extension String {
    /// Line breaks, control characters and runs of blanks become single blanks.
    var oneLine: String {
        split { $0 == " " || $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
            .joined(separator: " ")
    }
}
