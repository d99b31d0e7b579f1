internal import RowMapping

/// The words that a key accepts.
public struct ChoiceSet: Sendable {
    public var names: [String]
    /// Other spellings, such as the numbers of `compression`, and the name that each stands for.
    public var synonyms: [String: String]
    /// Whether upper and lower case are the same, as they are in go-pq-cdc-kafka's own keys.
    public var ignoresCase: Bool

    /// What to write in place of words that were right once, or are elsewhere.
    private var advice: [String: String]

    init(
        _ names: [String], synonyms: [String: String] = [:], advice: [String: String] = [:], ignoresCase: Bool = false
    ) {
        self.names = names
        self.synonyms = synonyms
        self.advice = advice
        self.ignoresCase = ignoresCase
    }

    /// The name that the text stands for.
    func name(of text: String) throws(ValueError) -> String {
        if let name = names.first(where: { $0 == text }) { return name }
        if ignoresCase, let name = names.first(where: { $0.lowercased() == text.lowercased() }) { return name }
        if let name = synonyms[text] { return name }
        if let advice = advice[text] { throw ValueError("must be \(listed)", note: advice) }
        let near = Spelling.nearest(to: text, among: names)
        throw ValueError("must be \(listed)", note: near.map { "did you mean \"\($0)\"?" })
    }

    /// `a, b or c`.
    var listed: String {
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }
}
