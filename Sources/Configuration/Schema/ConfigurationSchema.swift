/// The JSON Schema of the configuration file, made from ``KeyTable`` alone, so that editors complete and check what the
/// loader reads. <https://json-schema.org/draft/2020-12>
///
/// It says what can be said of one key by itself: the loader refuses more, and nothing that the loader reads is refused
/// here. No `$ref` is used: some editors drop the description beside one.
public enum ConfigurationSchema {
    /// The schema as a JSON document.
    public static var text: String {
        JSONDocument.object(
            [
                ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
                ("title", .text("pqcdc-kafka")),
                ("description", .text("The configuration file of pqcdc-kafka.")),
            ] + mapping(KeyTable.root)
        ).rendered
    }

    private typealias Members = [(name: String, value: JSONDocument)]

    private static func members(_ node: KeyNode) -> Members {
        if let specification = node.specification {
            return specification.schemaMembers(otherwise: node.isMapping ? .object(mapping(node)) : nil)
        }
        if let item = node.item { return [("type", types("array", "null")), ("items", .object(members(item)))] }
        return mapping(node)
    }

    /// A mapping of keys; `key:` without a value is an empty one, where none of its keys is required.
    private static func mapping(_ node: KeyNode) -> Members {
        let children = node.children.sorted { $0.key < $1.key }
        let required = children.filter { isRequired($0.value) }.map { JSONDocument.text($0.key) }
        var result: Members = [("type", required.isEmpty ? types("object", "null") : .text("object"))]
        if !children.isEmpty {
            result.append(("properties", .object(children.map { ($0.key, .object(members($0.value))) })))
        }
        if !required.isEmpty { result.append(("required", .array(required))) }
        let others = node.anyName.map { JSONDocument.object(members($0)) }
        return result + [("additionalProperties", others ?? .boolean(false))]
    }

    /// Whether the file must hold the key, itself or for one below it.
    private static func isRequired(_ node: KeyNode) -> Bool {
        if let specification = node.specification { return specification.default == .required }
        return node.item == nil && node.anyName == nil && node.children.values.contains(where: isRequired)
    }

    private static func types(_ names: String...) -> JSONDocument { .array(names.map(JSONDocument.text)) }
}
