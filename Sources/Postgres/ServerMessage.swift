internal import CLibpq
internal import ReplicationProtocol

/// What a server says in an error or in a notice, and how much of it may be repeated.
///
/// Its texts quote values: `invalid input syntax for type integer: "…"`, `Key (email)=(…) already exists`, and whatever a
/// function says with RAISE. So they are repeated only where the server itself speaks, and of objects: what is listed
/// here is allowed, and of the rest its code is told, and what that means.
struct ServerMessage {
    /// Whose values a statement's errors can quote.
    enum Scope {
        /// The catalogs' alone: a statement of ours that evaluates nothing of a table's, nor anyone else's expressions.
        case catalog
        /// A table's rows, which the server prints or compares.
        case rows
    }

    var sqlState: String?
    var primary: String?
    var detail: String?
    var hint: String?
    var context: String?
    /// The function in the server's C code.
    var function: String?
    var file: String?
    /// Whether the server points at a place in the statement: it speaks of the statement's own text, then.
    var hasPosition = false
    /// `table "public.orders"`, `column "id"` and so on, of the fields that the server keeps for them.
    var objects: [String] = []

    /// The text that may be logged and shown, on one line.
    func text(_ scope: Scope) -> String {
        let ownText = "the server's log has its own words"
        guard let state = sqlState, SQLState.isWellFormed(state) else {
            return sqlState == nil
                ? "an error without a code; \(ownText)" : "an error with a malformed code; \(ownText)"
        }
        if let decoded = decoding, isForeign == false {
            return "\(words(scope, state, ownText)), while it decoded \(decoded.description)"
        }
        return words(scope, state, ownText)
    }

    private func words(_ scope: Scope, _ state: String, _ ownText: String) -> String {
        let meaning = SQLState.words(state) ?? "an error that only a function or an extension can know"
        guard !isForeign else { return "\(meaning) (\(state)); \(ownText)" }
        guard mayRepeat(scope, state), let primary else {
            let named = objects.isEmpty ? "" : " at \(objects.joined(separator: ", "))"
            return "\(meaning)\(named) (\(state)); \(ownText)"
        }
        let rest = mayRepeatDetail(scope, state) ? [detail, hint] : []
        return ([primary] + rest.compactMap { $0 }).joined(separator: " — ").oneLine
    }

    /// Where in the WAL the server was when it failed; nil for an error of something else than decoding.
    var decoding: DecodingContext? { context.flatMap { DecodingContext($0) } }

    /// Whether anyone but the server may have worded it: a function that was called says where in CONTEXT, and those
    /// that raise errors of their own can give them any code.
    private var isForeign: Bool {
        if let function, Self.raising.contains(function) { return true }
        guard let context else { return false }
        return !context.split(separator: "\n").allSatisfy { DecodingContext(String($0)) != nil }
    }

    /// What PL/pgSQL, PL/Perl, PL/Python and PL/Tcl raise with.
    private static let raising: Set<String> = [
        "exec_stmt_raise", "exec_stmt_assert", "do_util_elog", "plperl_util_elog", "PLy_output", "PLy_elog_impl",
        "pltcl_elog",
    ]

    private func mayRepeat(_ scope: Scope, _ state: String) -> Bool {
        let kind = String(state.prefix(2))
        if Self.ofObjects.contains(kind) || state == "XX001" || state == "XX002" { return true }
        // `invalid memory alloc request size 1073741824`: a row that is too large.
        if kind == "XX", file == "mcxt.c" { return true }
        switch scope {
        case .catalog: return SQLState.words(state) != nil && kind != "P0" && kind != "38" && kind != "39"
        // A literal of the statement's.
        case .rows: return hasPosition
        }
    }

    /// Details are for the reasons of a whole session or object; those of rows list their values.
    private func mayRepeatDetail(_ scope: Scope, _ state: String) -> Bool {
        let kind = String(state.prefix(2))
        switch scope {
        case .catalog: return kind != "22" && kind != "23"
        case .rows: return Self.ofSessions.contains(kind)
        }
    }

    /// Classes whose messages are of sessions and of the server's own files and resources.
    private static let ofSessions: Set<String> = ["08", "28", "3D", "53", "55", "57", "58"]

    /// These, and those whose messages name objects, or say what may not be done.
    private static let ofObjects = ofSessions.union(["24", "25", "26", "2B", "34", "3B", "3F", "40", "42", "54", "72"])
}

extension ServerMessage {
    /// - Parameter result: an error's or a notice's.
    init(_ result: OpaquePointer) {
        func field(_ code: Character) -> String? {
            guard let ascii = code.asciiValue else { return nil }
            // libpq's `PG_DIAG_…`, character macros that Swift does not import.
            return PQresultErrorField(result, Int32(ascii)).map { String(cString: $0) }
        }
        sqlState = field("C")
        primary = field("M")
        detail = field("D")
        hint = field("H")
        context = field("W")
        function = field("R")
        file = field("F").map { String($0.split(separator: "/").last ?? "") }
        hasPosition = field("P") != nil
        if let table = field("t") {
            objects.append("table \"\((field("s").map { $0 + "." } ?? "") + table)\"".oneLine)
        } else if let schema = field("s") {
            objects.append("schema \"\(schema)\"".oneLine)
        }
        for (what, code) in [("column", "c"), ("type", "d"), ("constraint", "n")] as [(String, Character)] {
            if let name = field(code) { objects.append("\(what) \"\(name)\"".oneLine) }
        }
    }
}
