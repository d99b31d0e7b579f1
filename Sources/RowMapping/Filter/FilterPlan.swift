public import ReplicationProtocol

/// A filter, compiled for one relation: no name is looked up, nothing allocated and no text copied per row.
///
/// What a condition sees beyond SQL's own rules:
/// - **A row that the change does not have** (`old` in an insert, `new` in a delete) is unknown in every column, and
///   unknown does not pass: `old.x is null` is not true of an insert.
/// - **A delete** brings the replica identity's columns only, unless that is FULL. The others are unknown; a filter
///   that asks for them by their bare name drops deletes (``unknownInDeletes``).
/// - **An update without an old tuple** did not change the replica identity: its old values are the new ones.
/// - **An unchanged TOAST value** is taken from the old tuple, and is unknown where there is none.
/// - **`changed(c)`** is true of an update whose texts of `c` differ, and false of inserts and deletes.
/// - **Text** is equal byte by byte and ordered as in collation "C"; types that the database defines (enums, citext)
///   are equal when their texts are, letter case included.
/// - **Numbers** are compared by all digits that PostgreSQL prints. NaN equals NaN and is greater than all else.
/// - **A truncate** has no row and passes.
///
/// Immutable once made, and shared as such.
public final class FilterPlan: @unchecked Sendable {
    // Sendable because nothing behind its pointers changes between `init` and `deinit`.

    public let expression: FilterExpression
    public let relation: Relation
    /// Columns whose value the filter asks of a delete that will not carry it: what makes it unknown.
    public let unknownInDeletes: [String]

    let table: TableName
    let columnCount: Int
    let steps: UnsafeMutablePointer<FilterStep>
    let constants: UnsafeMutablePointer<FilterValue>
    /// What ``constants`` point into.
    private let text: UnsafeMutablePointer<UInt8>

    /// Binds `expression` to the columns of `relation`.
    ///
    /// - Parameters:
    ///   - types: the catalog's descriptions of the types that are not built in (see
    ///     ``RowPlan/unknownTypes(in:)``).
    ///   - sometimes: for each column, whether some old rows carry it though the replica identity does not: their values
    ///     may be asked for. Empty where none does.
    /// - Throws: the first column that does not exist, value that does not fit, or old value that is never sent.
    public init(
        _ expression: FilterExpression, relation: Relation, types: [OID: TypeDescription] = [:],
        sometimes: [Bool] = []
    ) throws(FilterError) {
        let compiler = try FilterCompiler(expression, relation, types, sometimes: sometimes)
        self.expression = expression
        self.relation = relation
        unknownInDeletes = compiler.unknownInDeletes
        table = TableName(schema: relation.schema, name: relation.name)
        columnCount = relation.columns.count

        steps = .allocate(capacity: compiler.steps.count)
        for (index, step) in compiler.steps.enumerated() { (steps + index).initialize(to: step) }
        constants = .allocate(capacity: max(compiler.constants.count, 1))
        text = .allocate(capacity: max(compiler.constants.reduce(0) { $0 + $1.text.count }, 1))
        var offset = 0
        for (index, constant) in compiler.constants.enumerated() {
            let count = constant.text.count
            (text + offset).update(from: constant.text, count: count)
            guard let value = FilterValue(constant.reading, text + offset, count) else {
                preconditionFailure("the compiler writes constants that can be read")
            }
            (constants + index).initialize(to: value)
            offset += count
        }
    }

    deinit {
        steps.deallocate()
        constants.deallocate()
        text.deallocate()
    }
}
