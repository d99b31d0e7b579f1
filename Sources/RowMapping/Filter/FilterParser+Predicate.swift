extension FilterParser {
    /// What is said of an operand that has been read; the operand itself where nothing is.
    mutating func predicate(of left: FilterOperand) throws(FilterError) -> FilterNode {
        if case .comparison(let comparison) = token.kind {
            try advance()
            let right = try operand()
            try refuseNull([left, right], isNegated: comparison == .notEqual)
            return .compare(left, comparison, right)
        }
        if token.kind == .word("is") { return try isTest(of: left) }
        let isNegated = try accept("not")
        let node: FilterNode
        if try accept("in") {
            let values = try list()
            try refuseNull(values.map(FilterOperand.literal), isNegated: isNegated)
            node = .isIn(left, values)
        } else if try accept("like") {
            let pattern = try literal("a pattern in single quotes")
            try refuseNull([.literal(pattern)], isNegated: isNegated)
            node = .like(left, pattern)
        } else if try accept("between") {
            let low = try literal("a value")
            guard try accept("and") else { throw unexpected("\"and\" and the upper value of between") }
            let high = try literal("a value")
            try refuseNull([.literal(low), .literal(high)], isNegated: isNegated)
            node = .all([
                .compare(left, .greaterOrEqual, .literal(low)), .compare(left, .lessOrEqual, .literal(high)),
            ])
        } else {
            if isNegated { throw unexpected("\"in\", \"like\" or \"between\" after \"not\"") }
            return .value(left)
        }
        return isNegated ? .not(node) : node
    }

    /// Refuses null among the values of a comparison: it would be unknown for every row, whatever the column.
    private func refuseNull(_ operands: [FilterOperand], isNegated: Bool) throws(FilterError) {
        for case .literal(let literal) in operands where literal.value == .null {
            throw FilterError(
                at: literal.offset, of: lexer.text, "a comparison with null is never true",
                note: isNegated ? "write \"is not null\"" : "write \"is null\"")
        }
    }

    private mutating func isTest(of left: FilterOperand) throws(FilterError) -> FilterNode {
        try advance()
        let isNegated = try accept("not")
        if token.kind == .word("true") || token.kind == .word("false") {
            return try knownTest(of: .value(left), isNegated)
        }
        guard try accept("null") else { throw unexpected("\"null\", \"true\" or \"false\" after \"is\"") }
        guard case .column(let column) = left else {
            throw FilterError(at: left.offset, of: lexer.text, "only a column can be null")
        }
        return isNegated ? .not(.isNull(column)) : .isNull(column)
    }

    /// `is [not] true` or `is [not] false` behind a condition, where it stands.
    mutating func truthTest(of node: FilterNode) throws(FilterError) -> FilterNode {
        guard try accept("is") else { return node }
        let isNegated = try accept("not")
        return try knownTest(of: node, isNegated)
    }

    private mutating func knownTest(of node: FilterNode, _ isNegated: Bool) throws(FilterError) -> FilterNode {
        let value = token.kind == .word("true")
        guard value || token.kind == .word("false") else {
            throw unexpected("\"true\" or \"false\" after \"is\" behind a condition")
        }
        try advance()
        return isNegated ? .not(.isKnown(node, value)) : .isKnown(node, value)
    }

    /// `changed(column)`, where it stands; a column may have that name too.
    mutating func changedColumn() throws(FilterError) -> FilterNode? {
        guard token.kind == .word("changed"), try tokenBehind().kind == .open else { return nil }
        try advance()
        try advance()
        let column = try column()
        guard column.row == .current else {
            throw FilterError(
                at: column.offset, of: lexer.text, "changed() compares both rows", note: "leave new. or old. out")
        }
        try expect(.close, ")")
        return .changed(column)
    }

    // MARK: Operands

    mutating func operand() throws(FilterError) -> FilterOperand {
        switch token.kind {
        case .string, .number, .word("null"), .word("true"), .word("false"):
            return .literal(try literal("a value"))
        case .word("operation"):
            let offset = token.offset
            try advance()
            return .operation(offset: offset)
        case .word, .quoted: return .column(try column())
        case .comparison, .open, .close, .comma, .point, .end: throw unexpected("a column or a value")
        }
    }

    private mutating func column() throws(FilterError) -> FilterColumn {
        var row = FilterColumn.Row.current
        if token.kind == .word("new") || token.kind == .word("old"), try tokenBehind().kind == .point {
            row = token.kind == .word("new") ? .new : .old
            try advance()
            try advance()
        }
        let name = token
        let column: FilterColumn
        switch name.kind {
        // Behind `new.` any word is a column, as in SQL.
        case .word(let word) where row != .current || !Self.keywords.contains(word):
            column = FilterColumn(row: row, name: word, isQuoted: false, offset: name.offset)
        case .quoted(let word): column = FilterColumn(row: row, name: word, isQuoted: true, offset: name.offset)
        case .word, .string, .number, .comparison, .open, .close, .comma, .point, .end:
            throw unexpected("a column")
        }
        try advance()
        if token.kind == .point {
            throw FilterError(
                at: name.offset, of: lexer.text, "a column belongs to \"new\" or \"old\"",
                note: "leave the table's name out")
        }
        if token.kind == .open {
            throw FilterError(
                at: name.offset, of: lexer.text, "there is no function \(lexer.source(of: name))",
                note: "the only one is changed(column)")
        }
        return column
    }

    private mutating func literal(_ what: String) throws(FilterError) -> FilterLiteral {
        let value: FilterLiteral.Value
        switch token.kind {
        case .string(let text): value = .string(text)
        case .number(let text): value = .number(text)
        case .word("null"): value = .null
        case .word("true"): value = .boolean(true)
        case .word("false"): value = .boolean(false)
        case .word, .quoted, .comparison, .open, .close, .comma, .point, .end: throw unexpected(what)
        }
        let literal = FilterLiteral(value: value, offset: token.offset)
        try advance()
        return literal
    }

    private mutating func list() throws(FilterError) -> [FilterLiteral] {
        try expect(.open, "( and the values of \"in\"")
        var literals = [try literal("a value")]
        while token.kind == .comma {
            try advance()
            literals.append(try literal("a value"))
        }
        try expect(.close, ", or )")
        return literals
    }
}
