/// A filter as it is written: which changes of a table become records. Parsed, and not yet bound to a table.
///
///     status = 'paid' and amount >= 100 and not (region in ('eu', 'us')) or operation = 'delete'
///     old.status is null or new.price <> old.price or changed(status)
///     name like 'A%\_x' and created_at >= '2026-01-01T00:00:00Z' and "Mixed Case" is not null
///
/// - **Columns.** `status` is the new row's value in an insert and an update, the old row's in a delete; `new.status`
///   and `old.status` say which. Names fold to lower case unless they stand in double quotes, as in SQL.
/// - **Conditions.** `=`, `<>` (or `!=`), `<`, `<=`, `>`, `>=`, `between … and …`, `in (…)`, `like` with `%`, `_` and
///   `\`, `is null`, `is true`, `is false`, a boolean column alone, `operation = 'insert' | 'update' | 'delete'`,
///   `changed(column)`; joined by `not`, `and`, `or`, which bind in this order.
/// - **Three values.** A condition on NULL is unknown, `not unknown` is unknown, and what is unknown does not pass: as
///   in SQL. A row that the change does not have, and a value that the server did not send, are unknown too, even to
///   `is null`.
/// - **Types.** Each value is of its column's type: numbers stand without quotes, all else in single ones. Numbers are
///   compared exactly, text byte by byte (PostgreSQL's collation "C").
///
/// ``FilterPlan`` has the details, and evaluates.
public struct FilterExpression: Hashable, Sendable, CustomStringConvertible {
    /// As it was written.
    public let text: String
    let root: FilterNode

    /// Longer texts are refused: a list of ids belongs into a table, and each row pays for it.
    public static let maxLength = 16 * 1024

    /// Reads an expression; whether its columns exist and fit is ``FilterPlan``'s to say.
    public static func parse(_ text: String) throws(FilterError) -> FilterExpression {
        guard text.utf8.count <= maxLength else {
            throw FilterError(
                at: 0, of: text, "the filter has \(text.utf8.count) bytes where \(maxLength) are allowed",
                note: "shorten its lists")
        }
        var parser = try FilterParser(text)
        return FilterExpression(text: text, root: try parser.parse())
    }

    public var description: String { text }
}
