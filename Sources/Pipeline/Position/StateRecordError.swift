/// A record of the state topic cannot be read.
public enum StateRecordError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is no JSON object, from this byte on.
    case malformed(at: Int)
    case missingField(String)
    /// The field is there, and is not what it must be.
    case wrongField(String)
    /// It has more bytes than are read.
    case tooLong(limit: Int)

    public var description: String {
        switch self {
        case .malformed(let offset): "not a JSON object, at byte \(offset)"
        case .missingField(let name): "field \"\(name)\" is missing"
        case .wrongField(let name): "field \"\(name)\" is not what it should be"
        case .tooLong(let limit): "it has more than \(limit) bytes"
        }
    }
}
