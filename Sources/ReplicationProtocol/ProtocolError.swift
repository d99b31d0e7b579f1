/// Bytes from the server that are not what the protocol says.
///
/// Carries kinds, offsets and lengths only: never bytes of a row.
public enum ProtocolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The message ends inside a field.
    case truncated(field: String, offset: Int, length: Int)
    /// Bytes are left over behind the last field.
    case trailingBytes(message: Character, count: Int)
    case unknownFrame(kind: UInt8)
    case unknownMessage(kind: UInt8)
    /// A byte that announces what follows has none of its known values.
    case unexpectedByte(field: String, value: UInt8, offset: Int)
    case invalidUTF8(field: String, offset: Int)
    case negativeLength(field: String, offset: Int)
    /// More columns than PostgreSQL can have in a row.
    case tooManyColumns(count: Int)

    public var description: String {
        switch self {
        case .truncated(let field, let offset, let length):
            "the message ends at byte \(length), inside \(field) that begins at byte \(offset)"
        case .trailingBytes(let message, let count): "message '\(message)' has \(count) bytes too many"
        case .unknownFrame(let kind): "unknown replication frame of kind \(kind)"
        case .unknownMessage(let kind): "unknown pgoutput message of kind \(kind)"
        case .unexpectedByte(let field, let value, let offset): "unexpected \(field) \(value) at byte \(offset)"
        case .invalidUTF8(let field, let offset): "\(field) at byte \(offset) is not valid UTF-8"
        case .negativeLength(let field, let offset): "\(field) at byte \(offset) has a negative length"
        case .tooManyColumns(let count): "a tuple of \(count) columns is more than PostgreSQL allows"
        }
    }
}
