internal import RowMapping

/// A JSON value that is built once and written out, members in the order in which they are given.
public indirect enum JSONDocument: Sendable {
    case object([(name: String, value: JSONDocument)])
    case array([JSONDocument])
    case text(String)
    case number(Int)
    /// A fraction; one that JSON has no number for is written as null.
    case real(Double)
    case boolean(Bool)
    case null

    /// The document over several lines, each level indented by two.
    public var rendered: String { rendered(indent: "") }

    private func rendered(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .object(let members):
            if members.isEmpty { return "{}" }
            let lines = members.map { "\(inner)\(Self.quoted($0.name)): \($0.value.rendered(indent: inner))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        case .array(let items):
            guard items.contains(where: \.isObject) else { return "[\(items.map(\.line).joined(separator: ", "))]" }
            let lines = items.map { inner + ($0.isSmall ? $0.line : $0.rendered(indent: inner)) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
        case .text, .number, .real, .boolean, .null: return line
        }
    }

    /// The document on one line.
    private var line: String {
        switch self {
        case .object(let members):
            "{\(members.map { "\(Self.quoted($0.name)): \($0.value.line)" }.joined(separator: ", "))}"
        case .array(let items): "[\(items.map(\.line).joined(separator: ", "))]"
        case .text(let text): Self.quoted(text)
        case .number(let number): "\(number)"
        case .real(let number): number.isFinite ? "\(number)" : "null"
        case .boolean(let value): "\(value)"
        case .null: "null"
        }
    }

    private var isObject: Bool {
        if case .object = self { return true }
        return false
    }

    /// Whether it reads well on one line: an object that holds no other.
    private var isSmall: Bool {
        guard case .object(let members) = self else { return true }
        return members.allSatisfy { member in
            switch member.value {
            case .object: false
            case .array(let items): !items.contains(where: \.isObject)
            case .text, .number, .real, .boolean, .null: true
            }
        }
    }

    private static func quoted(_ text: String) -> String { String(decoding: JSONText.quoted(text), as: UTF8.self) }
}
