internal import ReplicationProtocol

/// Turns a parsed expression into steps for one relation, and checks its columns and types on the way.
///
/// SQL's three values are compiled away. `not` is pushed down to the single tests, where it is only another wanted
/// truth (De Morgan's laws hold in three values); what remains of `and` and `or` is where to go next. Without a `not`
/// above it, an unknown test can only keep the whole from being true, as a false one does, so each step asks one
/// question: is this test known to be what is wanted?
struct FilterCompiler {
    let expression: FilterExpression
    let relation: Relation
    let types: [OID: TypeDescription]
    /// For each column, whether some old rows carry it though the replica identity does not; empty where none does.
    let sometimes: [Bool]

    var steps: [FilterStep] = []
    var constants: [FilterConstant] = []
    /// Columns whose value in a delete is asked for and not sent.
    private(set) var unknownInDeletes: [String] = []

    init(
        _ expression: FilterExpression, _ relation: Relation, _ types: [OID: TypeDescription], sometimes: [Bool]
    ) throws(FilterError) {
        self.sometimes = sometimes
        self.expression = expression
        self.relation = relation
        self.types = types
        try bind(expression.root)
        var next = steps.count
        _ = link(expression.root, .isTrue, met: FilterStep.pass, otherwise: FilterStep.reject, before: &next)
        precondition(next == 0, "every step is linked once")
    }

    // MARK: From conditions to steps

    /// Appends the steps of a condition, in the order of its text.
    private mutating func bind(_ node: FilterNode) throws(FilterError) {
        switch node {
        case .value(let operand): steps.append(try condition(operand))
        case .compare(let left, let comparison, let right):
            steps.append(try compare(left, comparison, right))
        case .isIn(let operand, let literals): steps.append(try isIn(operand, literals))
        case .like(let operand, let pattern): steps.append(try like(operand, pattern))
        case .isNull(let column):
            var step = FilterStep(.isNull)
            step.column = try place(of: column)
            steps.append(step)
        case .changed(let column):
            var step = FilterStep(.changed)
            step.column = try place(of: column, isOld: true)
            steps.append(step)
        case .not(let node), .isKnown(let node, _): try bind(node)
        case .all(let nodes), .any(let nodes):
            for node in nodes { try bind(node) }
        }
    }

    /// Connects the steps of a condition, from the last to the first, and returns its first.
    ///
    /// - Parameters:
    ///   - wanted: what the condition must be known as, for `met` to be next.
    ///   - before: the step behind the condition's last.
    private mutating func link(
        _ node: FilterNode, _ wanted: FilterStep.Truth, met: Int32, otherwise: Int32, before next: inout Int
    ) -> Int32 {
        switch node {
        case .value, .compare, .isIn, .like, .isNull, .changed:
            next -= 1
            steps[next].wanted = wanted
            steps[next].met = met
            steps[next].otherwise = otherwise
            return Int32(next)
        case .not(let node):
            return link(
                node, wanted == .isTrue ? .isFalse : .isTrue, met: met, otherwise: otherwise, before: &next)
        case .isKnown(let node, let value):
            // Known or not: this one is never unknown itself, so its opposite only exchanges the ways out.
            let isWanted = wanted == .isTrue
            return link(
                node, value ? .isTrue : .isFalse, met: isWanted ? met : otherwise,
                otherwise: isWanted ? otherwise : met, before: &next)
        case .all(let nodes):
            return link(nodes, wanted, needsAll: wanted == .isTrue, met: met, otherwise: otherwise, before: &next)
        case .any(let nodes):
            return link(nodes, wanted, needsAll: wanted == .isFalse, met: met, otherwise: otherwise, before: &next)
        }
    }

    private mutating func link(
        _ nodes: [FilterNode], _ wanted: FilterStep.Truth, needsAll: Bool, met: Int32, otherwise: Int32,
        before next: inout Int
    ) -> Int32 {
        var following = needsAll ? met : otherwise
        for node in nodes.reversed() {
            following = link(
                node, wanted, met: needsAll ? following : met, otherwise: needsAll ? otherwise : following,
                before: &next)
        }
        return following
    }

    // MARK: Columns

    /// Finds a column, and refuses one whose old value is asked for where the server never sends it.
    mutating func place(of column: FilterColumn, isOld: Bool = false) throws(FilterError) -> FilterStep.Place {
        guard let index = relation.columns.firstIndex(where: { $0.name.isSpelled(like: column.name) }) else {
            throw unknownColumn(column)
        }
        let isCarried = relation.replicaIdentity == .full || relation.columns[index].isKey
        if !isCarried {
            if isOld || column.row == .old, sometimes.isEmpty || !sometimes[index] {
                throw error(
                    at: column.offset,
                    "the replica identity of table \(table) does not carry column \"\(column.name)\","
                        + " so its old value is never known",
                    note: "set REPLICA IDENTITY FULL, or leave the old value out")
            }
            if column.row == .current, !unknownInDeletes.contains(column.name) {
                unknownInDeletes.append(column.name)
            }
        }
        return FilterStep.Place(
            row: column.row, index: index,
            // A full identity says so by a full tuple, and nothing by an absent one.
            isIdentity: relation.columns[index].isKey && relation.replicaIdentity != .full)
    }

    func type(of place: FilterStep.Place) -> FilterType { FilterType(type: relation.columns[place.index].type, types) }

    func error(at offset: Int, _ message: String, note: String? = nil) -> FilterError {
        FilterError(at: offset, of: expression.text, message, note: note)
    }

    private func unknownColumn(_ column: FilterColumn) -> FilterError {
        let note =
            if let near = Spelling.nearest(to: column.name, among: relation.columns.map(\.name)) {
                "did you mean \"\(near)\"?"
            } else if column.isQuoted {
                "text stands in single quotes"
            } else {
                nil as String?
            }
        return error(at: column.offset, "table \(table) has no column \"\(column.name)\"", note: note)
    }

    private var table: TableName { TableName(schema: relation.schema, name: relation.name) }
}
