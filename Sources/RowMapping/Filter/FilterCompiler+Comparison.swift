internal import ReplicationProtocol

extension FilterCompiler {
    /// A column or a value that stands alone as a condition.
    mutating func condition(_ operand: FilterOperand) throws(FilterError) -> FilterStep {
        switch operand {
        case .literal(let literal):
            guard case .boolean(let value) = literal.value else {
                throw error(at: literal.offset, "a value alone is no condition", note: "compare a column with it")
            }
            var step = FilterStep(.constant)
            step.result = value ? .isTrue : .isFalse
            return step
        case .operation(let offset):
            throw error(
                at: offset, "\"operation\" alone is no condition",
                note: "write operation = 'insert', or \"operation\" for a column of this name")
        case .column(let column):
            let place = try place(of: column)
            let type = type(of: place)
            guard type == .boolean else {
                throw error(
                    at: column.offset, "column \"\(column.name)\" is \(type.name), and alone no condition",
                    note: "compare it with a value")
            }
            return comparison(of: place, .equal, .text, [Array("t".utf8)])
        }
    }

    /// A comparison of a column with a value or another column, or of the operation.
    mutating func compare(
        _ left: FilterOperand, _ comparison: FilterComparison, _ right: FilterOperand
    ) throws(FilterError) -> FilterStep {
        switch (left, right) {
        case (.column(let column), .literal(let literal)):
            return try compare(column, comparison, [literal])
        case (.literal(let literal), .column(let column)):
            return try compare(column, comparison.flipped, [literal])
        case (.column(let left), .column(let right)): return try compare(left, comparison, right)
        case (.operation(let offset), .literal(let literal)), (.literal(let literal), .operation(let offset)):
            guard comparison.isEquality else {
                throw error(at: offset, "operations have no order", note: "write =, <> or in")
            }
            return try operation(isIn: [literal], isNegated: comparison == .notEqual)
        case (.literal(let literal), .literal):
            throw error(at: literal.offset, "two values are compared", note: "one side must be a column")
        case (.operation(let offset), _), (_, .operation(let offset)):
            throw error(at: offset, "\"operation\" is compared with 'insert', 'update' or 'delete'")
        }
    }

    /// Whether an operand is one of several values.
    mutating func isIn(_ operand: FilterOperand, _ literals: [FilterLiteral]) throws(FilterError) -> FilterStep {
        switch operand {
        case .column(let column): try compare(column, .equal, literals)
        case .operation: try operation(isIn: literals, isNegated: false)
        case .literal(let literal):
            throw error(at: literal.offset, "two values are compared", note: "left of \"in\" stands a column")
        }
    }

    /// Whether a column's text matches a pattern.
    mutating func like(_ operand: FilterOperand, _ pattern: FilterLiteral) throws(FilterError) -> FilterStep {
        guard case .column(let column) = operand else {
            throw error(at: operand.offset, "left of \"like\" stands a column")
        }
        let place = try place(of: column)
        let type = type(of: place)
        guard type == .text || type == .paddedText else {
            throw error(at: column.offset, "column \"\(column.name)\" is \(type.name), and \"like\" needs text")
        }
        guard case .string(let text) = pattern.value else {
            throw error(at: pattern.offset, "a pattern of \"like\" is text", note: "write it in single quotes")
        }
        guard let compiled = LikePattern.compile(text) else {
            throw error(
                at: pattern.offset, "the pattern ends with a backslash that protects nothing",
                note: "a backslash itself is written \\\\")
        }
        var step = FilterStep(.like)
        step.column = place
        step.constants = constants.count..<constants.count + 1
        constants.append(FilterConstant(reading: .text, text: compiled))
        return step
    }

    // MARK: The private rest

    private mutating func operation(
        isIn literals: [FilterLiteral], isNegated: Bool
    ) throws(FilterError) -> FilterStep {
        var step = FilterStep(.operation)
        for literal in literals {
            guard case .string(let text) = literal.value else {
                throw error(
                    at: literal.offset, "\"operation\" is compared with 'insert', 'update' or 'delete'",
                    note: "write it in single quotes")
            }
            let operation: ChangeOperation =
                switch text.lowercased() {
                case "insert": .insert
                case "update": .update
                case "delete": .delete
                case "truncate":
                    throw error(
                        at: literal.offset, "a filter judges rows, and a truncate has none",
                        note: "onTruncate decides about it")
                default:
                    throw error(
                        at: literal.offset, "there is no operation '\(text)'",
                        note: "write 'insert', 'update' or 'delete'")
                }
            step.operations |= 1 << operation.rawValue
        }
        if isNegated { step.operations = ~step.operations }
        return step
    }

    /// A column against one or more values, one of which must stand to it as asked.
    private mutating func compare(
        _ column: FilterColumn, _ comparison: FilterComparison, _ literals: [FilterLiteral]
    ) throws(FilterError) -> FilterStep {
        let place = try place(of: column)
        let type = type(of: place)
        guard var reading = type.reading else { throw uncomparable(column, type) }
        try check(comparison, on: column, of: type)
        var texts: [[UInt8]] = []
        for literal in literals {
            let text = try FilterLiteralText(expression, column, type).text(of: literal)
            texts.append(text)
            // An integer stands to 1.5, too, and to what 64 bits do not hold.
            if reading == .integer, !Self.reads(text, as: .integer) { reading = .decimal }
        }
        return self.comparison(of: place, comparison, reading, texts)
    }

    private mutating func compare(
        _ left: FilterColumn, _ comparison: FilterComparison, _ right: FilterColumn
    ) throws(FilterError) -> FilterStep {
        var step = FilterStep(.compareColumns)
        step.column = try place(of: left)
        step.other = try place(of: right)
        step.accepted = comparison.accepted
        let (leftType, rightType) = (type(of: step.column), type(of: step.other))
        guard let reading = leftType.reading else { throw uncomparable(left, leftType) }
        guard let otherReading = rightType.reading else { throw uncomparable(right, rightType) }
        step.reading = reading
        switch (leftType, rightType) {
        case (.integer, .decimal), (.decimal, .integer): step.reading = .decimal
        case (.text, .paddedText), (.paddedText, .text): step.reading = .paddedText
        case (.label, .label)
        where relation.columns[step.column.index].type == relation.columns[step.other.index].type:
            break
        case (let left, let right) where left == right && left != .label: step.reading = otherReading
        default:
            throw error(
                at: right.offset,
                "column \"\(left.name)\" is \(leftType.name) and column \"\(right.name)\" is \(rightType.name):"
                    + " they are not compared")
        }
        try check(comparison, on: left, of: leftType)
        return step
    }

    private mutating func comparison(
        of place: FilterStep.Place, _ comparison: FilterComparison, _ reading: FilterValue.Reading, _ texts: [[UInt8]]
    ) -> FilterStep {
        var step = FilterStep(.compare)
        step.column = place
        step.reading = reading
        step.accepted = comparison.accepted
        step.constants = constants.count..<constants.count + texts.count
        constants += texts.map { FilterConstant(reading: reading, text: $0) }
        return step
    }

    private func check(
        _ comparison: FilterComparison, on column: FilterColumn, of type: FilterType
    ) throws(FilterError) {
        guard comparison.isEquality || type.isOrdered else {
            throw error(
                at: column.offset, "column \"\(column.name)\" is \(type.name), which has no order here",
                note: "write =, <> or in")
        }
    }

    private func uncomparable(_ column: FilterColumn, _ type: FilterType) -> FilterError {
        error(
            at: column.offset, "column \"\(column.name)\" is \(type.name)",
            note: "\"is null\" and changed() can be asked of it")
    }

    private static func reads(_ text: [UInt8], as reading: FilterValue.Reading) -> Bool {
        text.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { FilterValue(reading, $0, buffer.count) != nil } ?? false
        }
    }
}
