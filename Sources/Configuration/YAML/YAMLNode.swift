/// A value in the file and the place where it stands.
struct YAMLNode {
    enum Content {
        /// `isPlain`: written without quotes and not as a block, so that an empty one means "nothing".
        case scalar(text: String, isPlain: Bool)
        case sequence([YAMLNode])
        /// In the file's order; a key given twice is here twice.
        case mapping([(key: YAMLNode, value: YAMLNode)])
        /// Was wrong and has been reported; says nothing.
        case refused
    }

    var content: Content
    var start: SourcePosition
    /// Just behind the last character; for a block, where the next thing begins.
    var end: SourcePosition

    /// What the file calls it, for messages.
    var kind: String {
        switch content {
        case .scalar: isNull ? "nothing" : "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .refused: "something refused"
        }
    }

    /// Whether the key has no value at all: `key:`, `key: ~` or `key: null`.
    var isNull: Bool {
        if case .scalar(let text, true) = content { return ["", "~", "null"].contains(text) }
        return false
    }
}
