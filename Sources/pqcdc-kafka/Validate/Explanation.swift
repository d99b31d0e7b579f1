/// What `validate --explain` prints of one table or rule: a title, and below it labels with their texts in one column.
struct Explanation: Equatable, CustomStringConvertible {
    struct Line: Equatable {
        let label: String
        let text: String
    }

    let title: String
    private(set) var lines: [Line] = []

    init(_ title: String) { self.title = title }

    mutating func say(_ label: String, _ text: String) { lines.append(Line(label: label, text: text)) }

    /// Says it, or `none` where there is nothing to say: what is not there is an answer too.
    mutating func say(_ label: String, _ texts: [String]) {
        say(label, texts.isEmpty ? "none" : texts.joined(separator: ", "))
    }

    var description: String {
        let width = lines.map(\.label.count).max() ?? 0
        let body = lines.map { line in
            "  \(line.label)\(String(repeating: " ", count: width - line.label.count))  \(line.text)"
        }
        return ([title] + body).joined(separator: "\n")
    }
}
