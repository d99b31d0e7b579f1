internal import RowMapping

extension KeyChecker {
    /// Keeps a secret's text out of excerpts, unless it is only the name of a variable.
    func hide(_ node: YAMLNode) {
        if case .scalar(let text, _) = node.content, EnvironmentReferences.isBareReference(text) { return }
        collector.hide(node)
    }

    /// Reports the keys that a section must have, and those of sections below that are absent altogether.
    func reportMissing(in section: CheckedSection) {
        for (name, keys) in section.keys.children.sorted(by: { $0.key < $1.key }) where !section.has(name) {
            if let specification = keys.specification {
                guard
                    specification.default == .required || streams && specification.default == .requiredToStream
                else { continue }
                // What is missing from the file as a whole is no fault of its first line.
                collector.error(
                    "\(section.path(of: name)) is missing", at: section.position, note: specification.meaning,
                    showsSource: section.position != .start)
            } else if keys.item == nil, keys.anyName == nil {
                reportMissing(in: section.section(name))
            }
        }
    }

    /// `cdc.snapshot.mode: snapshot_only`, unless `enabled: false` takes it back.
    func wantsOnlySnapshot(_ root: YAMLNode) -> Bool {
        guard let snapshot = value("snapshot", in: value("cdc", in: root)),
            case .scalar(let mode, _)? = value("mode", in: snapshot)?.content,
            (try? references.expand(mode))?.text == SnapshotSettings.Mode.snapshotOnly.rawValue
        else { return false }
        guard case .scalar(let enabled, _)? = value("enabled", in: snapshot)?.content else { return true }
        return (try? references.expand(enabled))?.text != "false"
    }

    private func value(_ name: String, in node: YAMLNode?) -> YAMLNode? {
        guard case .mapping(let entries)? = node?.content else { return nil }
        for (key, value) in entries {
            if case .scalar(name, _) = key.content { return value }
        }
        return nil
    }

    /// What an unknown key was meant to be: a neighbour with a similar name, or a key of another section.
    func suggestion(for name: String, among keys: KeyNode, path: String) -> String? {
        if let near = Spelling.nearest(to: name, among: keys.children.keys) { return "did you mean \"\(near)\"?" }
        if name != "*", let elsewhere = KeyTable.path(ofKeyNamed: name) { return "did you mean \(elsewhere)?" }
        return nil
    }

    /// A text of the file in a message: in quotes, short, and without anything that a terminal would obey.
    static func quoted(_ text: String, plainly: Bool = false) -> String {
        let shown = printable(text, limit: 60)
        return plainly ? shown : "\"\(shown)\""
    }

    /// A text, cut at `limit` characters, whose invisible characters are written as escapes.
    static func printable(_ text: String, limit: Int) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                shown.unicodeScalars.append(scalar)
            }
        }
        if text.unicodeScalars.count > limit { shown += "…" }
        return shown
    }
}

extension ValueType {
    /// What the value must be, for messages.
    var noun: String {
        switch self {
        case .text, .textOrEmpty, .anything: "a text"
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .duration: "a duration"
        case .byteSize: "a size"
        case .byteRate: "a size for each second"
        case .choice(let choices): choices.listed
        case .textList, .choiceList: "a list"
        }
    }
}
