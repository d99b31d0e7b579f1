/// Decides which characters of a line an excerpt may show.
struct SecretMask {
    private enum Knowledge {
        /// The file was parsed, so it is known where each secret stands.
        case spans(SecretSpans)
        /// The file could not be parsed: for each line, the index from which on it is hidden.
        case guess([Int: Int])
        /// The file does not look like a configuration at all; it may be a password file given by mistake.
        case everything
    }

    private let knowledge: Knowledge

    init(spans: SecretSpans) { knowledge = .spans(spans) }

    /// Hides what follows a secret's key, and the lines after it up to the next key of ours: a password with
    /// an open quote may run on to there.
    init(guessedFrom source: SourceText) {
        var hidden: [Int: Int] = [:]
        var isInSecret = false
        var looksLikeOurs = false
        for number in 1...source.lineCount {
            let line = source.line(number)
            let words = Self.words(before: ":", in: line)
            if words.contains(where: { ["cdc", "kafka", "mapping"].contains($0.text) }) { looksLikeOurs = true }
            if let secret = words.first(where: { KeyTable.mayNameSecret($0.text) }) {
                hidden[number] = isInSecret ? 0 : secret.end
                isInSecret = true
            } else if isInSecret, words.contains(where: { KeyTable.lastNames.contains($0.text) }) {
                isInSecret = false
            } else if isInSecret {
                hidden[number] = 0
            }
        }
        knowledge = looksLikeOurs ? .guess(hidden) : .everything
    }

    func ranges(inLine number: Int, text line: [Unicode.Scalar]) -> [Range<Int>] {
        switch knowledge {
        case .spans(let spans):
            return spans.ranges(inLine: number, text: line)
        case .guess(let hidden):
            guard let from = hidden[number], from < line.count else { return [] }
            return [from..<line.count]
        case .everything:
            return line.isEmpty ? [] : [0..<line.count]
        }
    }

    /// The words that stand before a colon, unquoted, and the index behind the colon and its spaces.
    private static func words(
        before colon: Unicode.Scalar, in line: [Unicode.Scalar]
    ) -> [(text: String, end: Int)] {
        var words: [(text: String, end: Int)] = []
        for (index, scalar) in line.enumerated() where scalar == colon {
            var to = index
            while to > 0, line[to - 1] == " " || line[to - 1] == "\"" || line[to - 1] == "'" { to -= 1 }
            var from = to
            while from > 0, isWordCharacter(line[from - 1]) { from -= 1 }
            guard from < to else { continue }
            var end = index + 1
            while end < line.count, line[end] == " " { end += 1 }
            words.append((String(String.UnicodeScalarView(line[from..<to])), end))
        }
        return words
    }

    private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
        default: false
        }
    }
}
