/// The labels of one series, sorted by name so that their order in the code makes no difference.
struct LabelSet: Hashable, Comparable, Sendable {
    /// `a="1",b="2"`, escaped; empty without labels.
    let text: String

    init(_ labels: [(String, String)]) {
        let sorted = labels.sorted { $0.0 < $1.0 }
        for (name, _) in sorted {
            precondition(Self.isValid(name), "\"\(name)\" is not a label name")
        }
        precondition(
            zip(sorted, sorted.dropFirst()).allSatisfy { $0.0 != $1.0 }, "a label is given once")
        text = sorted.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
    }

    /// Byte by byte: two tables whose names only Unicode takes for equal have a series each.
    static func == (a: LabelSet, b: LabelSet) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    static func < (a: LabelSet, b: LabelSet) -> Bool { a.text < b.text }

    /// `{…}`, with `extra` (already in exposition format) after the series' own labels; empty if there are none.
    func braced(adding extra: String = "") -> String {
        switch (text.isEmpty, extra.isEmpty) {
        case (true, true): ""
        case (false, true): "{\(text)}"
        case (true, false): "{\(extra)}"
        case (false, false): "{\(text),\(extra)}"
        }
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`, and not one of those that Prometheus keeps for itself.
    private static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return !name.hasPrefix("__") && name.utf8.allSatisfy(isNameByte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        // By scalar: as a Character, a line feed after a carriage return would be neither.
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
