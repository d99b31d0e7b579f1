import Foundation

@testable import Configuration

/// A value as an editor sees it: a YAML node with the types that YAML gives to what stands without quotes.
/// <https://yaml.org/spec/1.2.2/#103-core-schema>
enum JSONInstance: Equatable {
    case null
    case boolean(Bool)
    case number(Double)
    case text(String)
    case array([JSONInstance])
    /// A key given twice is here twice.
    case object([(name: String, value: JSONInstance)])

    init(_ node: YAMLNode) {
        switch node.content {
        case .sequence(let items): self = .array(items.map { JSONInstance($0) })
        case .mapping(let entries):
            self = .object(
                entries.compactMap { key, value in
                    guard case .scalar(let name, _) = key.content else { return nil }
                    return (name, JSONInstance(value))
                })
        case .scalar(let text, let isPlain): self = isPlain ? Self.plain(text) : .text(text)
        case .refused: self = .null
        }
    }

    /// A value of a schema.
    init(json: Any) {
        switch json {
        case let items as [Any]: self = .array(items.map { JSONInstance(json: $0) })
        case let members as [String: Any]:
            self = .object(members.map { ($0.key, JSONInstance(json: $0.value)) })
        case let text as String: self = .text(text)
        case let number as NSNumber:
            // Foundation's sign of a boolean among numbers.
            let isBoolean = String(cString: number.objCType) == "c"
            self = isBoolean ? .boolean(number.boolValue) : .number(number.doubleValue)
        default: self = .null
        }
    }

    private static func plain(_ text: String) -> JSONInstance {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        default: break
        }
        let isNumber = text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil
        return isNumber ? Double(text).map(JSONInstance.number) ?? .text(text) : .text(text)
    }

    /// The names that JSON Schema's `type` has for it.
    var types: Set<String> {
        switch self {
        case .null: ["null"]
        case .boolean: ["boolean"]
        case .number(let number): number == number.rounded() ? ["number", "integer"] : ["number"]
        case .text: ["string"]
        case .array: ["array"]
        case .object: ["object"]
        }
    }

    static func == (a: JSONInstance, b: JSONInstance) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.text(let a), .text(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a.elementsEqual(b) { $0.name == $1.name && $0.value == $1.value }
        default: false
        }
    }
}
