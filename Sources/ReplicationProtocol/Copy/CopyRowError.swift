/// A line of `COPY … TO STDOUT` that is not what the format says.
///
/// Carries kinds, columns and offsets only: never bytes of a row.
public enum CopyRowError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line has no line feed at its end: part of it is missing.
    case unended(length: Int)
    /// The line goes on behind a line feed.
    case trailingBytes(count: Int)
    /// A backslash with a byte behind it that no server writes. `column` counts from 0.
    case malformedEscape(column: Int, offset: Int)
    /// More or fewer columns than were asked for.
    case columnCount(expected: Int, found: Int)
    /// More bytes than PostgreSQL can have in a row.
    case tooLong(length: Int)

    public var description: String {
        switch self {
        case .unended(let length): "the row ends at byte \(length), without a line feed"
        case .trailingBytes(let count): "the row has \(count) bytes too many"
        case .malformedEscape(let column, let offset):
            "column \(column) of the row has a malformed escape at byte \(offset)"
        case .columnCount(let expected, let found): "the row has \(found) columns, not \(expected)"
        case .tooLong(let length): "a row of \(length) bytes is more than PostgreSQL allows"
        }
    }
}
