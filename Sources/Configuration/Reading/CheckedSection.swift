/// A mapping of the file whose keys are known and whose values have their types.
///
/// A reader asks for a key by name and gets its value, or the default of ``KeyTable``; for a value that was
/// wrong it gets a stand-in, since no ``Settings`` are made of a file with errors.
struct CheckedSection {
    struct Entry {
        var name: String
        var keyPosition: SourcePosition
        var position: SourcePosition
        /// A variable that took part in the value: what it holds may be a secret, whatever key it was put into.
        var variable: String?
        var value: CheckedValue
    }

    /// The full name, for messages; empty for the whole file.
    var path: String
    /// Where the section's own key stands.
    var position: SourcePosition
    var keys: KeyNode
    /// Whether the file has keys here that nobody knows, which have been reported.
    var holdsUnknown = false
    /// In the file's order, each name once.
    private(set) var entries: [Entry] = []
    private var indices: [String: Int] = [:]

    init(path: String, position: SourcePosition, keys: KeyNode) {
        self.path = path
        self.position = position
        self.keys = keys
    }

    mutating func append(_ entry: Entry) {
        indices[entry.name] = entries.count
        entries.append(entry)
    }

    /// The full name of a key in this section.
    func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func entry(_ name: String) -> Entry? { indices[name].map { entries[$0] } }

    /// Whether the file gives the key, rightly or wrongly.
    func has(_ name: String) -> Bool { entry(name) != nil }

    /// Whether the file gives the key with a value that was refused.
    func isRefused(_ name: String) -> Bool {
        if case .refused? = entry(name)?.value { return true }
        return false
    }

    /// Where the value stands, or the section if the file does not give the key.
    func position(of name: String) -> SourcePosition { entry(name)?.position ?? position }

    func text(_ name: String) -> String? {
        if case .text(let text)? = value(name) { return text }
        return nil
    }

    /// The text of a key that must be there; a stand-in when that was reported.
    func requiredText(_ name: String) -> String { text(name) ?? "" }

    func boolean(_ name: String) -> Bool {
        guard case .boolean(let value)? = value(name) else { preconditionFailure("\(path(of: name)) has no default") }
        return value
    }

    /// What the file gives, for a key whose default another section has; nil when it gives nothing, or what was refused.
    func givenBoolean(_ name: String) -> Bool? {
        if case .boolean(let value)? = entry(name)?.value { return value }
        return nil
    }

    func integer(_ name: String) -> Int {
        guard case .integer(let value)? = value(name) else { preconditionFailure("\(path(of: name)) has no default") }
        return value
    }

    func duration(_ name: String) -> Duration {
        guard case .duration(let value)? = value(name) else { preconditionFailure("\(path(of: name)) has no default") }
        return value
    }

    /// What the file gives, for a key without a default; nil when it gives nothing, or what was refused.
    func givenDuration(_ name: String) -> Duration? {
        if case .duration(let value)? = entry(name)?.value { return value }
        return nil
    }

    func byteSize(_ name: String) -> Int {
        guard case .byteSize(let value)? = value(name) else { preconditionFailure("\(path(of: name)) has no default") }
        return value
    }

    /// What the file gives, for a key without a default; nil when it gives nothing, or what was refused.
    func givenByteSize(_ name: String) -> Int? {
        if case .byteSize(let value)? = entry(name)?.value { return value }
        return nil
    }

    /// A choice as the enumeration whose raw values are its names.
    func choice<Choice: RawRepresentable<String>>(_ name: String, as type: Choice.Type) -> Choice? {
        text(name).flatMap(Choice.init(rawValue:))
    }

    /// The items of a list; nil when the file does not give it, or gives it wrongly.
    func list(_ name: String) -> [CheckedItem]? {
        if case .list(let items)? = entry(name)?.value { return items }
        return nil
    }

    /// A section below; empty when the file does not give it.
    func section(_ name: String) -> CheckedSection {
        if case .section(let section)? = entry(name)?.value { return section }
        guard let keys = keys.child(name) else { preconditionFailure("\(path(of: name)) is not in the key table") }
        return CheckedSection(path: path(of: name), position: position, keys: keys)
    }

    /// A list of sections; empty when the file does not give it.
    func sections(_ name: String) -> [CheckedSection] {
        if case .sections(let sections)? = entry(name)?.value { return sections }
        return []
    }

    private func value(_ name: String) -> CheckedValue? {
        if let value = entry(name)?.value {
            if !isRefused(name) { return value }
        }
        guard let specification = keys.child(name)?.specification else {
            preconditionFailure("\(path(of: name)) is not in the key table")
        }
        guard case .value(let text) = specification.default else { return nil }
        guard let value = try? specification.type.parse(text) else {
            preconditionFailure("the default of \(specification.path) is not a value of its type")
        }
        return value
    }
}
