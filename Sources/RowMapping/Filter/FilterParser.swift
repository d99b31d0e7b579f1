/// Builds the conditions from the tokens, by recursive descent.
struct FilterParser {
    var lexer: FilterLexer
    /// What stands next and is not consumed.
    private(set) var token: FilterToken
    private var depth = 0

    /// Parentheses and `not` within each other: deeper than anyone writes, and shallow enough for any thread's stack.
    static let maxDepth = 64

    /// Words that are no columns unless they stand in double quotes.
    static let keywords: Set<String> = ["and", "or", "not", "in", "is", "null", "true", "false", "like", "between"]

    init(_ text: String) throws(FilterError) {
        lexer = FilterLexer(text)
        token = try lexer.token()
    }

    /// The whole expression.
    mutating func parse() throws(FilterError) -> FilterNode {
        if token.kind == .end { throw error("the filter is empty", note: "leave the key out to pass every change") }
        let node = try disjunction()
        if token.kind == .end { return node }
        throw switch token.kind {
        case .close: error("there is no ( for this )")
        case .comparison: error("a condition cannot be compared", note: "join conditions with and, or")
        default: unexpected("\"and\", \"or\" or the end")
        }
    }

    private mutating func disjunction() throws(FilterError) -> FilterNode {
        var nodes = [try conjunction()]
        while try accept("or") { nodes.append(try conjunction()) }
        return nodes.count == 1 ? nodes[0] : .any(nodes)
    }

    private mutating func conjunction() throws(FilterError) -> FilterNode {
        var nodes = [try negation()]
        while try accept("and") { nodes.append(try negation()) }
        return nodes.count == 1 ? nodes[0] : .all(nodes)
    }

    private mutating func negation() throws(FilterError) -> FilterNode {
        guard token.kind == .word("not") else { return try condition() }
        try enter()
        try advance()
        let node = try negation()
        depth -= 1
        return .not(node)
    }

    private mutating func condition() throws(FilterError) -> FilterNode {
        if token.kind == .open {
            let node = try parenthesized()
            if case .value(let operand) = node { return try predicate(of: operand) }
            return try truthTest(of: node)
        }
        if let changed = try changedColumn() { return try truthTest(of: changed) }
        return try predicate(of: try operand())
    }

    private mutating func parenthesized() throws(FilterError) -> FilterNode {
        let opening = token.offset
        try enter()
        try advance()
        let node = try disjunction()
        guard token.kind == .close else {
            if token.kind == .end {
                throw FilterError(at: opening, of: lexer.text, "the parenthesis that begins here has no end")
            }
            throw unexpected("\"and\", \"or\" or )")
        }
        try advance()
        depth -= 1
        return node
    }

    private mutating func enter() throws(FilterError) {
        depth += 1
        if depth > Self.maxDepth {
            throw error("more than \(Self.maxDepth) conditions stand within each other", note: "write it flatter")
        }
    }

    // MARK: Tokens

    mutating func advance() throws(FilterError) { token = try lexer.token() }

    /// Consumes a keyword if it stands next.
    mutating func accept(_ word: String) throws(FilterError) -> Bool {
        guard token.kind == .word(word) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ kind: FilterToken.Kind, _ what: String) throws(FilterError) {
        guard token.kind == kind else { throw unexpected(what) }
        try advance()
    }

    /// The token behind the next one.
    func tokenBehind() throws(FilterError) -> FilterToken {
        var ahead = lexer
        return try ahead.token()
    }

    func error(_ message: String, note: String? = nil) -> FilterError {
        FilterError(at: token.offset, of: lexer.text, message, note: note)
    }

    func unexpected(_ expected: String) -> FilterError {
        let found = token.kind == .end ? "the end" : lexer.source(of: token)
        return error("expected \(expected), found \(found)")
    }
}
