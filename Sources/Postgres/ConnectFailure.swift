/// libpq's verbose account of a failed log-in, taken apart.
///
/// Before a connection exists there is no result to ask for an SQLSTATE; the verbose text holds it:
/// `… FATAL:  28P01: password authentication failed for user "x" LOCATION:  …`. The severity may be translated, the
/// five characters between the colons are not.
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
                let rest = fields.joined(separator: ":")
                reason = (before + rest).oneLine
                if let location = reason.range(ofLast: " LOCATION:") { reason = String(reason[..<location]) }
                return
            }
            before += field + ":"
        }
    }

    /// libpq gives up by itself when it is asked for a password that it was not given; a server that had been sent a
    /// wrong one would have said `invalid_password`.
    mutating func passwordIsMissing() { sqlState = sqlState ?? "28P01" }

    func error(_ action: String) -> PostgresError {
        PostgresError(sqlState == nil ? .unreachable : .refused, action: action, reason: reason, sqlState: sqlState)
    }
}

extension String {
    /// Line breaks and runs of blanks become single blanks.
    var oneLine: String {
        split { $0 == "\n" || $0 == " " || $0 == "\t" }.joined(separator: " ")
    }

    fileprivate func range(ofLast needle: String) -> Index? {
        var index = endIndex
        while index > startIndex {
            index = self.index(before: index)
            if self[index...].hasPrefix(needle) { return index }
        }
        return nil
    }
}
