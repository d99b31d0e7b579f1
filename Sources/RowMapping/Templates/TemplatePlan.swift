internal import ReplicationProtocol

/// A template, bound to the columns of one relation: no name is looked up and nothing allocated per row.
struct TemplatePlan: Sendable {
    private enum Step {
        /// A part of ``text``.
        case text(offset: Int, length: Int)
        case operation, source
        case lsn, commitLSN, xid, commitTime, ordinal
        case column(Int, Template.LetterCase?)
    }

    private let steps: [Step]
    private let text: [UInt8]
    /// Indexes of the columns that it asks for.
    let columns: [Int]

    /// - Parameters:
    ///   - table: what `{schema}` and `{table}` stand for.
    ///   - columns: the relation's.
    /// - Throws: the name of a column that is not there.
    init(
        _ template: Template, table: TableName, columns: [Relation.Column]
    ) throws(UnknownColumn) {
        var steps: [Step] = []
        var text: [UInt8] = []
        var indexes: [Int] = []
        func append(_ part: String) {
            let start = text.count
            text.append(contentsOf: part.utf8)
            // What is known now joins the text before it.
            if case .text(let offset, let length)? = steps.last {
                steps[steps.count - 1] = .text(offset: offset, length: length + text.count - start)
            } else if text.count > start {
                steps.append(.text(offset: start, length: text.count - start))
            }
        }
        for part in template.parts {
            switch part {
            case .text(let part): append(part)
            case .field(.schema): append(table.schema)
            case .field(.table): append(table.name)
            case .field(.operation): steps.append(.operation)
            case .field(.source): steps.append(.source)
            case .field(.lsn): steps.append(.lsn)
            case .field(.commitLsn): steps.append(.commitLSN)
            case .field(.xid): steps.append(.xid)
            case .field(.commitTime): steps.append(.commitTime)
            case .field(.txOrdinal): steps.append(.ordinal)
            case .column(let name, let letterCase):
                guard let index = columns.firstIndex(where: { $0.name.isSpelled(like: name) }) else {
                    throw UnknownColumn(name: name)
                }
                steps.append(.column(index, letterCase))
                indexes.append(index)
            }
        }
        self.steps = steps
        self.text = text
        self.columns = indexes
    }

    struct UnknownColumn: Error {
        var name: String
    }

    /// What it gives for every row alike; nil where that depends on the change.
    var constant: [UInt8]? {
        switch (steps.count, steps.first) {
        case (0, _), (1, .text): text
        default: nil
        }
    }

    /// Appends what the template gives for a change; a column that is NULL or not sent gives nothing.
    func append(
        _ row: RowPlan.Row, _ tuples: borrowing ChangeTuples, _ context: borrowing ChangeContext, of plan: RowPlan,
        _ batch: inout RecordBatch
    ) {
        for step in steps {
            if case .column(let index, let letterCase) = step {
                plan.appendText(of: index, row, tuples, letterCase, &batch)
            } else {
                append(step, row.operation, context, &batch)
            }
        }
    }

    /// The same for what has no row: every column gives nothing.
    func append(
        rowless operation: ChangeOperation, _ context: borrowing ChangeContext, _ batch: inout RecordBatch
    ) {
        for step in steps {
            if case .column = step { continue }
            append(step, operation, context, &batch)
        }
    }

    private func append(
        _ step: Step, _ operation: ChangeOperation, _ context: borrowing ChangeContext, _ batch: inout RecordBatch
    ) {
        if case .text(let offset, let length) = step {
            let output = batch.reserve(length)
            text.withUnsafeBufferPointer { output.update(from: $0.baseAddress! + offset, count: length) }
            batch.advance(to: output + length)
        } else {
            let output = batch.reserve(FieldText.bound)
            batch.advance(to: Self.write(step, operation, context, to: output))
        }
    }

    /// Nothing is written of a transaction where there is none.
    private static func write(
        _ step: Step, _ operation: ChangeOperation, _ context: borrowing ChangeContext,
        to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        switch step {
        case .operation, .source:
            let source: StaticString = operation == .snapshot ? "initial-snapshot" : "cdc"
            let name = if case .source = step { source } else { operation.staticName }
            output.update(from: name.utf8Start, count: name.utf8CodeUnitCount)
            return output + name.utf8CodeUnitCount
        case .lsn: return FieldText.write(context.lsn, to: output)
        case .commitLSN: return context.transaction.map { FieldText.write($0.finalLSN, to: output) } ?? output
        case .xid: return context.transaction.map { FieldText.write(UInt64($0.xid), to: output) } ?? output
        case .commitTime: return context.transaction.map { FieldText.write($0.commitTime, to: output) } ?? output
        case .ordinal: return context.transaction == nil ? output : FieldText.write(context.ordinal, to: output)
        case .text, .column: preconditionFailure("texts and columns are written elsewhere")
        }
    }
}
