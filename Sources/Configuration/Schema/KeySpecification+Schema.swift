extension KeySpecification {
    /// What the schema says of the key.
    ///
    /// - Parameter otherwise: a mapping that may stand in the value's place.
    func schemaMembers(otherwise: JSONDocument?) -> [(name: String, value: JSONDocument)] {
        var members: [(name: String, value: JSONDocument)] = [("description", .text(schemaDescription))]
        if let value = schemaDefault { members.append(("default", value)) }
        if caution != nil { members.append(("deprecated", .boolean(true))) }
        let alternatives = type.schemaAlternatives + (otherwise.map { [$0] } ?? [])
        switch alternatives.count {
        case 0: break
        case 1:
            if case .object(let only) = alternatives[0] { members += only }
        default: members.append(("anyOf", .array(alternatives)))
        }
        return members
    }

    private var schemaDescription: String {
        var text = meaning
        if let range = type.schemaRange { text += " Value: \(range)." }
        if let caution { text += " It \(caution.text)." }
        switch `default` {
        case .required, .value: break
        case .requiredToStream: text += " Required unless cdc.snapshot.mode is snapshot_only."
        case .absent(let otherwise): text += " Without it: \(otherwise)."
        case .inherited: text += " Without it: what mapping.defaults says."
        }
        return text
    }

    private var schemaDefault: JSONDocument? {
        guard case .value(let text) = `default` else { return nil }
        switch type {
        case .integer: return Int(text).map(JSONDocument.number)
        case .boolean: return .boolean(text == "true")
        case .text, .textOrEmpty, .duration, .byteSize, .byteRate, .choice, .textList, .choiceList, .anything:
            return .text(text)
        }
    }
}
