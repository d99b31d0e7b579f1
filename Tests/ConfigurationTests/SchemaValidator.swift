import Foundation
import Testing

/// As much of JSON Schema as our schema uses; a word that it does not know is a failure of the test.
struct SchemaValidator {
    private static let annotations: Set<String> = ["$schema", "title", "description", "default", "deprecated"]

    let root: [String: Any]

    init(_ text: String) throws {
        root = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// The paths of what the schema refuses.
    func faults(of instance: JSONInstance) -> [String] { faults(instance, root, "") }

    func faults(_ instance: JSONInstance, _ schema: [String: Any], _ path: String) -> [String] {
        var faults: [String] = []
        for (word, value) in schema {
            switch (word, value) {
            case ("type", let name as String): if !instance.types.contains(name) { faults.append(path) }
            case ("type", let names as [String]): if instance.types.isDisjoint(with: names) { faults.append(path) }
            case ("enum", let values as [Any]):
                if !values.contains(where: { JSONInstance(json: $0) == instance }) { faults.append(path) }
            case ("const", let value): if JSONInstance(json: value) != instance { faults.append(path) }
            case ("anyOf", let schemas as [[String: Any]]):
                if !schemas.contains(where: { self.faults(instance, $0, path).isEmpty }) { faults.append(path) }
            case ("minimum", let bound as NSNumber):
                if case .number(let number) = instance, number < bound.doubleValue { faults.append(path) }
            case ("maximum", let bound as NSNumber):
                if case .number(let number) = instance, number > bound.doubleValue { faults.append(path) }
            case ("minLength", let length as Int):
                if case .text(let text) = instance, text.unicodeScalars.count < length { faults.append(path) }
            case ("pattern", let pattern as String):
                if case .text(let text) = instance, text.range(of: pattern, options: .regularExpression) == nil {
                    faults.append(path)
                }
            case ("items", let items as [String: Any]):
                if case .array(let values) = instance {
                    faults += values.flatMap { self.faults($0, items, path + "[]") }
                }
            case ("required", let names as [String]):
                guard case .object(let members) = instance else { continue }
                faults += names.filter { name in !members.contains { $0.name == name } }.map { "\(path).\($0)" }
            case ("additionalProperties", _), ("properties", _):
                break
            default: if !Self.annotations.contains(word) { Issue.record("\(path) uses \(word)") }
            }
        }
        guard case .object(let members) = instance, schema["properties"] != nil || schema["additionalProperties"] != nil
        else { return faults }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        for (name, value) in members {
            if let schema = properties[name] ?? schema["additionalProperties"] as? [String: Any] {
                faults += self.faults(value, schema, "\(path).\(name)")
            } else {
                faults.append("\(path).\(name)")
            }
        }
        return faults
    }
}
