public import ReplicationProtocol

/// A filter's expression as a condition on rows: what a request for a snapshot may ask for.
///
/// Requests come from others, so the text is bounded, and it never becomes SQL: ``FilterPlan`` judges the rows that were
/// read. A row has no operation and no value before it, so only its columns may be named.
public struct RowCondition: Hashable, Sendable, CustomStringConvertible {
    public let expression: FilterExpression

    /// Bytes of the text. Every position holds the conditions of the requests that wait.
    public static let maxBytes = 4096
    /// Comparisons, each value of a list among them: every row that is read pays for them.
    public static let maxTerms = 200

    /// Reads a condition; whether its columns exist and fit is ``plan(for:types:hiding:)``'s to say.
    public static func parse(_ text: String) throws(FilterError) -> RowCondition {
        guard text.utf8.count <= maxBytes else {
            throw FilterError(at: 0, of: "", "the condition has \(text.utf8.count) bytes where \(maxBytes) are allowed")
        }
        let expression = try FilterExpression.parse(text)
        var terms = 0
        try check(expression.root, text, &terms)
        guard terms <= maxTerms else {
            throw FilterError(at: 0, of: "", "the condition has \(terms) comparisons where \(maxTerms) are allowed")
        }
        return RowCondition(expression: expression)
    }

    public var description: String { expression.text }

    /// Binds the condition to the columns of `relation`.
    ///
    /// - Parameter hidden: whether records hide a column's values. Who may not see them must not be able to ask which rows
    ///   have which.
    /// - Throws: for the first column that does not exist or is hidden, and the first value that does not fit.
    public func plan(
        for relation: Relation, types: [OID: TypeDescription] = [:], hiding hidden: (String) -> Bool = { _ in false }
    ) throws(FilterError) -> FilterPlan {
        let plan = try FilterPlan(expression, relation: relation, types: types)
        var columns: [FilterColumn] = []
        Self.collect(expression.root, &columns)
        if let column = columns.first(where: { hidden($0.name) }) {
            throw FilterError(
                at: column.offset, of: expression.text,
                "column \"\(column.name)\" is masked or left out of the table's records",
                note: "a request that nobody has signed cannot ask for its values")
        }
        return plan
    }

    // MARK: The private rest

    /// Counts comparisons, and refuses what only a change has.
    private static func check(_ node: FilterNode, _ text: String, _ terms: inout Int) throws(FilterError) {
        switch node {
        case .changed(let column): throw ofChanges(column.offset, text)
        case .isIn(let operand, let literals):
            terms += literals.count
            try check(operand, text)
        case .compare(let left, _, let right):
            terms += 1
            try check(left, text)
            try check(right, text)
        case .value(let operand), .like(let operand, _):
            terms += 1
            try check(operand, text)
        case .isNull(let column):
            terms += 1
            try check(.column(column), text)
        case .not(let node), .isKnown(let node, _): try check(node, text, &terms)
        case .all(let nodes), .any(let nodes):
            for node in nodes { try check(node, text, &terms) }
        }
    }

    private static func check(_ operand: FilterOperand, _ text: String) throws(FilterError) {
        switch operand {
        case .operation(let offset): throw ofChanges(offset, text)
        case .column(let column) where column.row != .current: throw ofChanges(column.offset, text)
        case .column, .literal: break
        }
    }

    private static func ofChanges(_ offset: Int, _ text: String) -> FilterError {
        FilterError(
            at: offset, of: text, "a row that is read has no operation, and no values before it",
            note: "name its columns alone")
    }

    private static func collect(_ node: FilterNode, _ columns: inout [FilterColumn]) {
        switch node {
        case .changed(let column), .isNull(let column): columns.append(column)
        case .isIn(let operand, _), .value(let operand), .like(let operand, _): collect(operand, &columns)
        case .compare(let left, _, let right):
            collect(left, &columns)
            collect(right, &columns)
        case .not(let node), .isKnown(let node, _): collect(node, &columns)
        case .all(let nodes), .any(let nodes):
            for node in nodes { collect(node, &columns) }
        }
    }

    private static func collect(_ operand: FilterOperand, _ columns: inout [FilterColumn]) {
        if case .column(let column) = operand { columns.append(column) }
    }
}
