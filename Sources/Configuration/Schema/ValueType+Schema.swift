extension ValueType {
    /// Schemas of which a value must meet one; none where anything goes.
    ///
    /// YAML tells `5432` from `"5432"` and the loader does not, so each type also takes its text. A text with `${NAME}`
    /// stands for a value that only the daemon's environment knows.
    var schemaAlternatives: [JSONDocument] {
        switch self {
        case .text: [Self.scalar(minLength: 1)]
        case .textOrEmpty: [Self.scalar(minLength: 0)]
        case .boolean: [Self.type("boolean"), Self.pattern("^(true|false)$"), Self.reference]
        case .integer(let range):
            [Self.integer(range), Self.pattern("^-?(0|[1-9][0-9]*)$"), Self.reference]
        case .duration(_, let bareUnit):
            [
                Self.pattern("^(\(DurationText.pattern)\(bareUnit == nil ? "" : "|[0-9]+"))$"),
                bareUnit == nil ? .object([("const", .number(0))]) : Self.integer(0...Int.max),
                Self.reference,
            ]
        case .byteSize(let range):
            [Self.integer(range), Self.pattern("^\(ByteSizeText.pattern)$"), Self.reference]
        case .byteRate(let range):
            [Self.integer(range), Self.pattern("^\(ByteSizeText.pattern)(/s)?$"), Self.reference]
        case .choice(let choices): Self.choice(choices) + [Self.reference]
        case .textList: [Self.scalar(minLength: 1), Self.list([Self.scalar(minLength: 1)])]
        case .choiceList(let choices):
            Self.choice(choices) + [Self.reference, Self.list(Self.choice(choices) + [Self.reference])]
        case .anything: []
        }
    }

    /// What a pattern cannot say of a duration or a size.
    var schemaRange: String? {
        switch self {
        case .duration(let range, _):
            "\(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
        case .byteSize(let range), .byteRate(let range):
            "\(ByteSizeText.format(range.lowerBound)) to \(ByteSizeText.format(range.upperBound))"
        case .text, .textOrEmpty, .boolean, .integer, .choice, .textList, .choiceList, .anything: nil
        }
    }

    private static let reference = pattern(#"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}"#)

    private static func type(_ name: String) -> JSONDocument { .object([("type", .text(name))]) }

    private static func pattern(_ text: String) -> JSONDocument {
        .object([("type", .text("string")), ("pattern", .text(text))])
    }

    private static func scalar(minLength: Int) -> JSONDocument {
        let types = ["string", "number", "boolean"].map(JSONDocument.text)
        return .object([("type", .array(types))] + (minLength > 0 ? [("minLength", .number(minLength))] : []))
    }

    private static func integer(_ range: ClosedRange<Int>) -> JSONDocument {
        .object([
            ("type", .text("integer")), ("minimum", .number(range.lowerBound)), ("maximum", .number(range.upperBound)),
        ])
    }

    private static func list(_ alternatives: [JSONDocument]) -> JSONDocument {
        let item = alternatives.count == 1 ? alternatives[0] : .object([("anyOf", .array(alternatives))])
        return .object([("type", .text("array")), ("items", item)])
    }

    private static func choice(_ choices: ChoiceSet) -> [JSONDocument] {
        // A synonym that stands for no name is there to be refused with the reason.
        let words = choices.names + choices.synonyms.filter { choices.names.contains($0.value) }.keys.sorted()
        // Unquoted, YAML takes 4 for a number, false for a truth value and null for nothing.
        let others = words.compactMap { word in
            switch word {
            case "null": JSONDocument.null
            case "false": .boolean(false)
            default: Int(word).map(JSONDocument.number)
            }
        }
        let list = JSONDocument.object([("enum", .array(words.map(JSONDocument.text) + others))])
        return choices.ignoresCase
            ? [list, pattern("^(\(choices.names.map(inAnyCase).joined(separator: "|")))$")] : [list]
    }

    /// `kb` as `[kK][bB]`: a pattern of JSON Schema has no flag for it.
    static func inAnyCase(_ word: String) -> String {
        word.map { $0.isLetter ? "[\($0.lowercased())\($0.uppercased())]" : String($0) }.joined()
    }
}
