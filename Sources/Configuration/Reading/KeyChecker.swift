/// Holds a parsed file against the key table: unknown, misplaced, doubled and missing keys, and wrong values.
struct KeyChecker {
    let references: EnvironmentReferences
    let collector: DiagnosticCollector
    /// Whether changes are streamed; known before the rest is checked, since some keys are required for it only.
    private(set) var streams = true

    init(references: EnvironmentReferences, collector: DiagnosticCollector) {
        self.references = references
        self.collector = collector
    }

    /// Checks the whole file.
    mutating func check(_ root: YAMLNode) -> CheckedSection {
        streams = !wantsOnlySnapshot(root)
        let result = value(root, keys: KeyTable.root, path: "", name: "", keyPosition: .start)
        if case .section(let section) = result { return section }
        return CheckedSection(path: "", position: .start, keys: KeyTable.root)
    }

    private func value(
        _ node: YAMLNode, keys: KeyNode, path: String, name: String, keyPosition: SourcePosition
    ) -> CheckedValue {
        if case .refused = node.content { return .refused }
        if let specification = keys.specification {
            if keys.isMapping, case .mapping(let entries) = node.content {
                return .section(section(entries, keys: keys, path: path, position: keyPosition))
            }
            return leaf(
                node, specification: specification, mayBeMapping: keys.isMapping, path: path, name: name,
                keyPosition: keyPosition)
        }
        if let item = keys.item { return sections(node, keys: item, path: path) }
        switch node.content {
        case .mapping(let entries):
            return .section(section(entries, keys: keys, path: path, position: keyPosition))
        case .scalar, .sequence, .refused:
            if node.isNull { return .section(section([], keys: keys, path: path, position: keyPosition)) }
            if keys.holdsSecret { collector.hide(node) }
            let subject = path.isEmpty ? "the file" : path
            collector.error("\(subject) must be a mapping of keys, found \(node.kind)", at: node.start)
            return .refused
        }
    }

    private func section(
        _ nodes: [(key: YAMLNode, value: YAMLNode)], keys: KeyNode, path: String, position: SourcePosition
    ) -> CheckedSection {
        var section = CheckedSection(path: path, position: position, keys: keys)
        // By their bytes: two names of tables may differ in how a letter is spelled, which a String does not see.
        var firstLines: [[UInt8]: Int] = [:]
        for (key, value) in nodes {
            guard case .scalar(let name, _) = key.content else {
                collector.hide(value)
                collector.hide(key)
                if case .refused = key.content { continue }
                collector.error("a key must be a single word, found \(key.kind)", at: key.start)
                continue
            }
            let fullName = section.path(of: Self.quoted(name, plainly: true))
            guard let child = keys.child(name) else {
                section.holdsUnknown = true
                // It may be a misspelled password.
                collector.hide(value)
                collector.error(
                    "unknown key \(Self.quoted(name))" + (path.isEmpty ? "" : " in \(path)"), at: key.start,
                    note: suggestion(for: name, among: keys, path: path))
                continue
            }
            if let line = firstLines[Array(name.utf8)] {
                if child.holdsSecret { collector.hide(value) }
                collector.error("\(fullName) is given twice, first on line \(line)", at: key.start)
                continue
            }
            firstLines[Array(name.utf8)] = key.start.line
            let checked = self.value(value, keys: child, path: fullName, name: name, keyPosition: key.start)
            section.append(
                .init(
                    name: name, keyPosition: key.start, position: value.start, variable: variable(in: value),
                    value: checked))
        }
        reportMissing(in: section)
        return section
    }

    /// A variable that took part in a value: its text must then not be quoted.
    private func variable(in node: YAMLNode) -> String? {
        guard case .scalar(let text, _) = node.content, text.contains("${") else { return nil }
        return (try? references.expand(text))?.names.first
    }

    private func sections(_ node: YAMLNode, keys: KeyNode, path: String) -> CheckedValue {
        if node.isNull { return .sections([]) }
        guard case .sequence(let items) = node.content else {
            if keys.holdsSecret { collector.hide(node) }
            collector.error("\(path) must be a list, found \(node.kind)", at: node.start)
            return .refused
        }
        var sections: [CheckedSection] = []
        for (index, item) in items.enumerated() {
            let itemPath = "\(path)[\(index)]"
            if case .section(let section) = value(
                item, keys: keys, path: itemPath, name: "", keyPosition: item.start)
            {
                sections.append(section)
            }
        }
        return .sections(sections)
    }

    private func leaf(
        _ node: YAMLNode, specification: KeySpecification, mayBeMapping: Bool, path: String, name: String,
        keyPosition: SourcePosition
    ) -> CheckedValue {
        let otherwise = mayBeMapping ? ", or a mapping" : ""
        let isSecret =
            specification.isSecret
            || (specification.path == "kafka.properties.*" && LibrdkafkaProperty.isSecret(name))
        if isSecret { hide(node) }
        if case .anything = specification.type {
            // What is not looked into may hold anything.
            if case .scalar = node.content {} else { hide(node) }
            warn(specification, path: path, value: nil, at: keyPosition)
            return .refused
        }
        if node.isNull, !isNamedNull(node, specification.type) {
            collector.error("\(path) has no value", at: node.start, note: "remove the key to get its default")
            return .refused
        }
        switch node.content {
        case .refused:
            return .refused
        case .mapping:
            hide(node)
            collector.error("\(path) must be \(specification.type.noun), found a mapping", at: node.start)
            return .refused
        case .sequence(let items):
            guard specification.type.isList else {
                hide(node)
                collector.error(
                    "\(path) must be \(specification.type.noun)\(otherwise), found a list", at: node.start)
                return .refused
            }
            return list(items, type: specification.type, path: path)
        case .scalar:
            if specification.type.isList { return list([node], type: specification.type, path: path) }
            guard
                let value = scalar(
                    node, type: specification.type, otherwise: otherwise, path: path, isSecret: isSecret)
            else { return .refused }
            warn(specification, path: path, value: value, at: keyPosition)
            return value
        }
    }

    /// Whether `null` is meant as the choice of that name, which YAML would take for nothing.
    private func isNamedNull(_ node: YAMLNode, _ type: ValueType) -> Bool {
        if case .choice(let set) = type, case .scalar("null", _) = node.content { return set.names.contains("null") }
        return false
    }

    private func list(_ nodes: [YAMLNode], type: ValueType, path: String) -> CheckedValue {
        var items: [CheckedItem] = []
        for (index, node) in nodes.enumerated() {
            let itemPath = nodes.count == 1 ? path : "\(path)[\(index)]"
            switch node.content {
            case .refused:
                continue
            case .mapping, .sequence:
                hide(node)
                collector.error("\(itemPath) must be a single value, found \(node.kind)", at: node.start)
            case .scalar:
                if node.isNull {
                    collector.error("\(itemPath) has no value", at: node.start)
                } else if case .text(let text)? = scalar(node, type: type, path: itemPath, isSecret: false) {
                    items.append(CheckedItem(text: text, position: node.start))
                }
            }
        }
        // A list of which nothing is left must not be called empty.
        return items.isEmpty && !nodes.isEmpty ? .refused : .list(items)
    }

    /// - Parameter otherwise: what else than a value of `type` may stand here, for messages.
    private func scalar(
        _ node: YAMLNode, type: ValueType, otherwise: String = "", path: String, isSecret: Bool
    ) -> CheckedValue? {
        guard case .scalar(let text, _) = node.content else { return nil }
        do throws(ValueError) {
            let expansion = try references.expand(text)
            warnOfBareVariable(text, path: path, isSecret: isSecret, at: node.start)
            do throws(ValueError) {
                return try type.parse(expansion.text)
            } catch {
                // What a variable holds may be a secret, whatever key it was put into by mistake.
                let variable = expansion.names.first.map { "the value of ${\($0)}" }
                let found = isSecret || text.isEmpty ? "" : variable ?? Self.quoted(text)
                let note = expansion.names.isEmpty ? error.note : nil
                collector.error(
                    "\(path) \(error.reason)\(otherwise)" + (found.isEmpty ? "" : ", found \(found)"), at: node.start,
                    note: note)
            }
        } catch {
            let message = "\(path) \(error.reason)"
            if let variable = error.unsetVariable {
                // The name of a credential's file is no secret, and is known to the service only.
                collector.unreadable(
                    path, isSecret: isSecret || variable == "CREDENTIALS_DIRECTORY", message, at: node.start,
                    note: error.note)
            } else {
                collector.error(message, at: node.start, note: error.note)
            }
        }
        return nil
    }

    /// Warns of `$NAME` and `$(NAME)`, which other programs take for variables and we take as they stand.
    private func warnOfBareVariable(_ text: String, path: String, isSecret: Bool, at position: SourcePosition) {
        // A password may well hold a dollar sign. Only one that is nothing but a variable's name was meant as one, and it is
        // not repeated.
        if isSecret {
            guard text.wholeMatch(of: /\$\(?[A-Z_][A-Z0-9_]+\)?/) != nil else { return }
            return collector.warning(
                "\(path) looks like a variable and is taken as it stands", at: position,
                note: "a variable is written ${NAME}")
        }
        guard let match = text.firstMatch(of: /(?:^|[^$])(\$\(?([A-Z_][A-Z0-9_]+)\)?)/) else { return }
        collector.warning(
            "\(path): \(match.1) is no variable here and is taken as it stands", at: position,
            note: "a variable is written ${\(match.2)}")
    }

    private func warn(
        _ specification: KeySpecification, path: String, value: CheckedValue?, at position: SourcePosition
    ) {
        guard let caution = specification.caution else { return }
        if let except = caution.exceptValue, let value, let harmless = try? specification.type.parse(except) {
            switch (value, harmless) {
            case (.text(let a), .text(let b)) where a == b: return
            case (.boolean(let a), .boolean(let b)) where a == b: return
            case (.integer(let a), .integer(let b)) where a == b: return
            default: break
            }
        }
        collector.warning("\(path) \(caution.text)", at: position)
    }
}
