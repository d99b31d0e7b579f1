/// The key table as a tree, in the shape of the file.
final class KeyNode: Sendable {
    /// Set on a leaf, and on a key whose value is a single one or a mapping.
    let specification: KeySpecification?
    /// The keys below, when they have names of ours.
    let children: [String: KeyNode]
    /// The keys below, when the operator names them: `*`.
    let anyName: KeyNode?
    /// The items, when this is a list of sections: `[]`.
    let item: KeyNode?
    /// Whether a mapping may stand here.
    var isMapping: Bool { specification == nil ? item == nil : !children.isEmpty || anyName != nil }
    /// Whether a secret may stand here or below.
    let holdsSecret: Bool

    init(_ rows: [(path: [String], specification: KeySpecification)]) {
        specification = rows.first { $0.path.isEmpty }?.specification
        var below: [String: [(path: [String], specification: KeySpecification)]] = [:]
        for row in rows {
            guard let first = row.path.first else { continue }
            below[first, default: []].append((Array(row.path.dropFirst()), row.specification))
        }
        anyName = below.removeValue(forKey: "*").map { KeyNode($0) }
        item = below.removeValue(forKey: "[]").map { KeyNode($0) }
        children = below.mapValues { KeyNode($0) }
        holdsSecret = rows.contains { $0.specification.isSecret || $0.specification.path == "kafka.properties.*" }
    }

    /// The node for a name that stands below this one in the file.
    func child(_ name: String) -> KeyNode? { children[name] ?? anyName }
}
